"""What a tenant folder may say: one documented model per key. `docs/tenant-format.md` is generated from here."""

from portal.tenancy.schema.base import Expression, Id, Label, Model, Names, RuleUse
from portal.tenancy.schema.desk import (
    Corrections,
    Counter,
    Creation,
    DeskFile,
    Header,
    MessageTemplate,
    Ranks,
    Tab,
    Task,
)
from portal.tenancy.schema.flows import Batch, Flow, FlowsFile, Target
from portal.tenancy.schema.forms import Fill, FormField, FormFile, Milestone, Notice, Planning, RowShape, Step
from portal.tenancy.schema.imports import (
    Import,
    ImportedColumn,
    ImportedContact,
    ImportedLink,
    ImportedOrganisation,
    ImportedParent,
    ImportedPerson,
    ImportedProgramme,
    ImportedSheet,
    ImportedSite,
    ImportsFile,
)
from portal.tenancy.schema.lists import Column, Export, Filter, ListView
from portal.tenancy.schema.overrides import FieldOverride, Override, OverridesFile
from portal.tenancy.schema.public import (
    CatalogueColumn,
    Mail,
    MailsFile,
    PublicCatalogue,
    PublicEvents,
    PublicFile,
    PublicGroup,
    PublicItem,
    PublicSection,
)
from portal.tenancy.schema.trees import Crossing, Menu, Tree, TreeSearch
from portal.tenancy.schema.who import (
    Code,
    Contact,
    Creatable,
    Deletable,
    Directory,
    Level,
    Link,
    Programme,
    Role,
    TenantFile,
    Theme,
    Then,
)
from portal.tenancy.schema.workflow import Axis, Delay, Lock, Migration, Move, Revalidation, State, Unit, WorkflowFile

__all__ = [
    "Axis", "Batch", "CatalogueColumn", "Code", "Column", "Contact", "Corrections", "Counter", "Creatable", "Creation",
    "Crossing", "Delay", "Deletable", "DeskFile", "Directory", "Export", "Expression", "FieldOverride", "Fill",
    "Filter", "Flow", "FlowsFile", "FormField", "FormFile", "Header", "Id", "Import", "ImportedColumn",
    "ImportedContact", "ImportedLink", "ImportedOrganisation", "ImportedParent", "ImportedPerson", "ImportedProgramme",
    "ImportedSheet", "ImportedSite", "ImportsFile", "Label", "Level", "Link", "ListView", "Lock", "Mail",
    "MailsFile", "Menu", "MessageTemplate", "Migration", "Milestone", "Model", "Move", "Names", "Notice", "Override",
    "OverridesFile", "Planning", "Programme", "PublicCatalogue", "PublicEvents", "PublicFile", "PublicGroup",
    "PublicItem", "PublicSection", "Ranks", "Revalidation", "Role", "RowShape", "RuleUse", "State", "Step", "Tab",
    "Target", "Task", "TenantFile", "Theme", "Then", "Tree", "TreeSearch", "Unit", "WorkflowFile",
]  # fmt: skip
