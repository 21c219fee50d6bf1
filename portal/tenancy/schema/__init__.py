"""What a tenant folder may say: one documented model per key. `docs/tenant-format.md` is generated from here."""

from portal.tenancy.schema.base import Expression, Id, Label, Model, Names, RuleUse
from portal.tenancy.schema.desk import Column, Counter, DeskFile, Export, Filter, Header, ListView, Tab, Task, Tree
from portal.tenancy.schema.flows import Batch, Flow, FlowsFile, Target
from portal.tenancy.schema.forms import Fill, FormField, FormFile, Notice, RowShape, Step
from portal.tenancy.schema.overrides import FieldOverride, Override, OverridesFile
from portal.tenancy.schema.public import (
    Import,
    ImportsFile,
    Mail,
    MailsFile,
    PublicEvents,
    PublicFile,
    PublicItem,
    PublicSection,
)
from portal.tenancy.schema.who import (
    Code,
    Contact,
    Creatable,
    Directory,
    Level,
    Link,
    Programme,
    Role,
    TenantFile,
    Theme,
)
from portal.tenancy.schema.workflow import Axis, Delay, Lock, Migration, Move, Revalidation, State, Unit, WorkflowFile

__all__ = [
    "Axis", "Batch", "Code", "Column", "Contact", "Counter", "Creatable", "Delay", "DeskFile", "Directory", "Export",
    "Expression", "FieldOverride", "Fill", "Filter", "Flow", "FlowsFile", "FormField", "FormFile", "Header", "Id",
    "Import", "ImportsFile", "Label", "Level", "Link", "ListView", "Lock", "Mail", "MailsFile", "Migration", "Model",
    "Move", "Names", "Notice", "Override", "OverridesFile", "Programme", "PublicEvents", "PublicFile", "PublicItem",
    "PublicSection", "Revalidation", "Role", "RowShape", "RuleUse", "State", "Step", "Tab", "Target", "Task",
    "TenantFile", "Theme", "Tree", "Unit", "WorkflowFile",
]  # fmt: skip
