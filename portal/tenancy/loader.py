"""A tenant's folder → a Tenant, or one error that lists every fault by file and line."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from portal.tenancy.faults import Fault, Finding, TenantFaults, nearest
from portal.tenancy.french import sentence
from portal.tenancy.schema import (
    DeskFile,
    FlowsFile,
    FormFile,
    ImportsFile,
    MailsFile,
    OverridesFile,
    PublicFile,
    TenantFile,
    WorkflowFile,
)
from portal.tenancy.source import Source
from portal.tenancy.structure import structural_findings
from portal.tenancy.tenant import Tenant

Check = Callable[[Tenant], Iterable[Finding]]

FILES: dict[str, type[BaseModel]] = {
    "tenant.yaml": TenantFile,
    "workflow.yaml": WorkflowFile,
    "overrides.yaml": OverridesFile,
    "desk.yaml": DeskFile,
    "flows.yaml": FlowsFile,
    "mails.yaml": MailsFile,
    "public.yaml": PublicFile,
    "imports.yaml": ImportsFile,
}
REQUIRED = ("tenant.yaml", "workflow.yaml")
DEFAULTS: dict[str, Any] = {
    "overrides.yaml": [],
    "desk.yaml": {},
    "flows.yaml": {"targets": {}, "flows": []},
    "mails.yaml": {"mails": {}},
    "imports.yaml": {"imports": {}},
}
MAX_FILE = 1_000_000  # characters; a form is a few tens of thousands


def read_folder(folder: Path) -> dict[str, str]:
    """The texts of a folder, by relative path; the demonstration data are not part of the configuration."""
    paths = (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith("."))
    texts = ((p.relative_to(folder).as_posix(), p) for p in paths)
    return {name: _text(name, path) for name, path in texts if not name.startswith("demo/")}


def _text(name: str, path: Path) -> str:
    """A file in UTF-8, without the mark some editors put first. Raises TenantFaults, which names it, when it is not."""
    written = path.read_bytes()
    try:
        return written.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = written[: error.start].count(b"\n") + 1
        raise TenantFaults(
            [Fault(name, line, "un caractère n'est pas en UTF-8 : enregistrez le fichier en UTF-8")]
        ) from None


def load_tenant(folder: Path, check: Check | None = None, *, shown_as: str | None = None) -> Tenant:
    """Read, check and assemble one folder. Raises TenantFaults with every fault at once."""
    shown = shown_as or f"tenants/{folder.name}"
    try:
        files = read_folder(folder)
    except TenantFaults as error:
        raise TenantFaults(replace(fault, file=f"{shown}/{fault.file}") for fault in error.faults) from None
    tenant = load_files(files, shown, check)
    if tenant.slug != folder.name and not folder.name.startswith("_"):
        line = Source("tenant.yaml", files["tenant.yaml"]).line(("slug",))
        words = f"slug « {tenant.slug} » : le dossier s'appelle « {folder.name} »"
        raise TenantFaults([Fault(f"{shown}/tenant.yaml", line, words)])
    return tenant


def load_files(files: dict[str, str], shown: str, check: Check | None = None, *, version: int = 0) -> Tenant:
    """The same from texts already read, as a published version keeps them."""
    sources, faults = _read(files, shown)
    parsed = {name: _parse(name, source, faults) for name, source in sources.items()}
    faults += [Fault(f"{shown}/{name}", 1, "fichier manquant") for name in REQUIRED if name not in files]
    if faults:
        raise TenantFaults(faults)
    tenant = _assemble(parsed, files, version)
    findings = [*structural_findings(tenant)]
    if check and not findings:  # meaning is checked once the names it rests on are known to exist
        findings += check(tenant)
    if findings:
        raise TenantFaults(
            Fault(f"{shown}/{f.file}", sources[f.file].line(f.path) if f.file in sources else 1, f.message)
            for f in findings
        )
    return tenant


def _read(files: dict[str, str], shown: str) -> tuple[dict[str, Source], list[Fault]]:
    sources: dict[str, Source] = {}
    faults: list[Fault] = []
    for name, text in files.items():
        path = f"{shown}/{name}"
        if name.startswith("help/") and name.endswith(".md"):
            continue
        if name not in FILES and not (name.startswith("forms/") and name.endswith(".yaml")):
            faults.append(Fault(path, 1, f"fichier inconnu « {name} »{_file_meant(name)}"))
        elif len(text) > MAX_FILE:
            faults.append(Fault(path, 1, "fichier trop grand"))
        else:
            try:
                sources[name] = Source(path, text)
            except TenantFaults as error:
                faults += error.faults
    return sources, faults


def _file_meant(name: str) -> str:
    if name.endswith(".yml"):
        return f" ; nommez-le « {name.removesuffix('.yml')}.yaml »"
    return nearest(name, [*FILES, "forms/<niveau>.yaml", "help/<nom>.md"])


def _parse(name: str, source: Source, faults: list[Fault]) -> Any:
    model = FILES.get(name, FormFile)
    data = source.data if source.data is not None else DEFAULTS.get(name, {})
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for e in error.errors(include_url=False):
            faults.append(Fault(source.name, source.line(_path(e)), sentence(dict(e), model)))
    return None


def _path(error: Any) -> tuple[str | int, ...]:
    return tuple(error["loc"])


def _assemble(parsed: dict[str, Any], files: dict[str, str], version: int) -> Tenant:
    def part(name: str) -> Any:
        return parsed[name] if name in parsed else FILES[name].model_validate(DEFAULTS[name])

    digest = hashlib.sha256("\0".join(f"{k}\0{v}" for k, v in sorted(files.items())).encode()).hexdigest()
    return Tenant(
        who=parsed["tenant.yaml"],
        forms={Path(n).stem: form for n, form in parsed.items() if n.startswith("forms/")},
        workflow=parsed["workflow.yaml"],
        overrides=part("overrides.yaml").root,
        desk=part("desk.yaml"),
        flows=part("flows.yaml"),
        mails=part("mails.yaml"),
        public=parsed.get("public.yaml"),
        imports=part("imports.yaml"),
        help={Path(n).stem: text for n, text in files.items() if n.startswith("help/")},
        digest=digest,
        files=dict(files),
        version=version,
    )
