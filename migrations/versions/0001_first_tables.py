"""The first tables: each with its policy and its grants, and the French text search of the catalogue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.tenancy.isolation import APP
from portal.tenancy.migrating import app_role_exists, keep_apart

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# In the order of their foreign keys.
TABLES = (
    "app_user",
    "config_version",
    "journal_entry",
    "organisation",
    "published_event",
    "published_session",
    "ref_commune",
    "ref_dataset",
    "ref_department",
    "ref_holiday",
    "ref_school_holiday",
    "contact",
    "membership",
    "sheet",
    "sign_in",
    "site",
    "mail",
    "revision",
    "sheet_link",
    "sheet_state",
    "sitting",
    "decision",
    "delivery",
    "delivery_attempt",
)


# Words as one searches them: stop words are taken out before accents, else « à » and « été » would be indexed.
FRENCH = (
    "create text search dictionary french_stop_words (template = simple, stopwords = french, accept = false)",
    "create text search configuration french_plain (copy = french)",
    """alter text search configuration french_plain alter mapping for
       asciiword, asciihword, hword_asciipart, word, hword, hword_part with french_stop_words, unaccent, french_stem""",
)


def upgrade() -> None:
    for extension in ("unaccent", "pg_trgm"):
        op.execute(f"create extension if not exists {extension}")
    for statement in FRENCH:
        op.execute(statement)
    create_app_user()
    create_config_version()
    create_journal_entry()
    create_organisation()
    create_published_event()
    create_published_session()
    create_ref_commune()
    create_ref_dataset()
    create_ref_department()
    create_ref_holiday()
    create_ref_school_holiday()
    create_contact()
    create_membership()
    create_sheet()
    create_sign_in()
    create_site()
    create_mail()
    create_revision()
    create_sheet_link()
    create_sheet_state()
    create_sitting()
    create_decision()
    create_delivery()
    create_delivery_attempt()
    connection = op.get_bind()
    keep_apart(connection, *TABLES)
    if app_role_exists(connection):
        op.execute(f"grant usage, select on all sequences in schema public to {APP}")
        op.execute(f"grant select on alembic_version to {APP}")  # /readyz says whether a migration is missing


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("drop text search configuration french_plain")
    op.execute("drop text search dictionary french_stop_words")


def create_app_user() -> None:
    op.create_table(
        "app_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("totp_secret", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("email", name=op.f("uq_app_user_email")),
    )


def create_config_version() -> None:
    op.create_table(
        "config_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_config_version")),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_config_version_tenant_number")),
    )
    op.create_index(op.f("ix_config_version_tenant"), "config_version", ["tenant"], unique=False)


def create_journal_entry() -> None:
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("actor_role", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("move", sa.String(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("config_version", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_journal_entry_tenant_id")),
    )
    op.create_index(op.f("ix_journal_entry_tenant"), "journal_entry", ["tenant"], unique=False)
    op.create_index(
        op.f("ix_journal_entry_tenant_sheet_id_at"), "journal_entry", ["tenant", "sheet_id", "at"], unique=False
    )


def create_organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("siret", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("activity_number", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_organisation_tenant_id")),
        sa.UniqueConstraint("tenant", "siret", name=op.f("uq_organisation_tenant_siret")),
    )
    op.create_index(op.f("ix_organisation_tenant"), "organisation", ["tenant"], unique=False)


def create_published_event() -> None:
    op.create_table(
        "published_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_event")),
        sa.UniqueConstraint("tenant", "session_id", "row_id", name=op.f("uq_published_event_tenant_session_id_row_id")),
    )
    op.create_index(
        op.f("ix_published_event_tenant_session_id"), "published_event", ["tenant", "session_id"], unique=False
    )
    op.create_index(
        op.f("ix_published_event_tenant_starts_on"), "published_event", ["tenant", "starts_on"], unique=False
    )


def create_published_session() -> None:
    op.create_table(
        "published_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=True),
        sa.Column("programme_label", sa.String(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("insee", sa.String(), nullable=True),
        sa.Column("postal_code", sa.String(), nullable=True),
        sa.Column("town", sa.String(), nullable=True),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("facets", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("page", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("formacodes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("visible_until", sa.Date(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_session")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_published_session_tenant_id")),
        sa.UniqueConstraint("tenant", "reference", name=op.f("uq_published_session_tenant_reference")),
    )
    op.create_index("ix_published_session_insee", "published_session", ["insee"], unique=False)
    op.create_index(
        "ix_published_session_listed",
        "published_session",
        ["tenant", "starts_on", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        op.f("ix_published_session_tenant_starts_on_id"),
        "published_session",
        ["tenant", "starts_on", "id"],
        unique=False,
    )
    op.create_index("ix_published_session_words", "published_session", ["words"], unique=False, postgresql_using="gin")


def create_ref_commune() -> None:
    op.create_table(
        "ref_commune",
        sa.Column("insee", sa.String(length=5), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("former_name", sa.Text(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("core", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("postal_codes", sa.ARRAY(sa.String(length=5)), nullable=False),
        sa.Column("department", sa.String(length=3), nullable=False),
        sa.Column("region", sa.String(length=3), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("merged_into", sa.String(length=5), nullable=True),
        sa.PrimaryKeyConstraint("insee", name=op.f("pk_ref_commune")),
    )
    op.create_index(
        "ix_ref_commune_core",
        "ref_commune",
        ["core"],
        unique=False,
        postgresql_ops={"core": "gin_trgm_ops"},
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": "256"},
    )
    op.create_index("ix_ref_commune_lat_lon", "ref_commune", ["lat", "lon"], unique=False)
    op.create_index(
        "ix_ref_commune_postal_codes",
        "ref_commune",
        ["postal_codes"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": "256"},
    )
    op.create_index(
        "ix_ref_commune_search", "ref_commune", ["search"], unique=False, postgresql_ops={"search": "text_pattern_ops"}
    )
    op.create_index(
        "ix_ref_commune_words",
        "ref_commune",
        ["words"],
        unique=False,
        postgresql_ops={"words": "gin_trgm_ops"},
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": "256"},
    )


def create_ref_dataset() -> None:
    op.create_table(
        "ref_dataset",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ref_dataset")),
    )


def create_ref_department() -> None:
    op.create_table(
        "ref_department",
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.String(length=3), nullable=False),
        sa.Column("region_name", sa.Text(), nullable=False),
        sa.Column("academy_code", sa.String(length=2), nullable=False),
        sa.Column("academy_name", sa.Text(), nullable=False),
        sa.Column("holiday_zone", sa.String(length=1), nullable=True),
        sa.Column("chef_lieu", sa.String(length=5), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ref_department")),
    )


def create_ref_holiday() -> None:
    op.create_table(
        "ref_holiday",
        sa.Column("zone", sa.String(length=30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("zone", "day", "name", name=op.f("pk_ref_holiday")),
    )


def create_ref_school_holiday() -> None:
    op.create_table(
        "ref_school_holiday",
        sa.Column("zone", sa.String(length=1), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("zone", "first_day", name=op.f("pk_ref_school_holiday")),
    )


def create_contact() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("mail", sa.String(), nullable=True),
        sa.Column("duties", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "organisation_id"],
            ["organisation.tenant", "organisation.id"],
            name="fk_within_organisation_id_organisation",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_contact_tenant_id")),
    )
    op.create_index(op.f("ix_contact_tenant"), "contact", ["tenant"], unique=False)


def create_membership() -> None:
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "organisation_id"],
            ["organisation.tenant", "organisation.id"],
            name="fk_within_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_membership_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_membership_tenant_id")),
        sa.UniqueConstraint(
            "tenant",
            "user_id",
            "role",
            "organisation_id",
            "sheet_id",
            name=op.f("uq_membership_tenant_user_id_role_organisation_id_sheet_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_membership_tenant"), "membership", ["tenant"], unique=False)
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)


def create_sheet() -> None:
    op.create_table(
        "sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("scope_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("programme", sa.String(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("field_versions", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("config_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("approved_revision_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("insee", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "organisation_id"],
            ["organisation.tenant", "organisation.id"],
            name="fk_within_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "parent_id"], ["sheet.tenant", "sheet.id"], name="fk_within_parent_id_sheet"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_sheet_tenant_id")),
        sa.UniqueConstraint(
            "tenant",
            "level",
            "scope_id",
            "code",
            name=op.f("uq_sheet_tenant_level_scope_id_code"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_sheet_tenant"), "sheet", ["tenant"], unique=False)
    op.create_index(
        op.f("ix_sheet_tenant_level_organisation_id_created_at"),
        "sheet",
        ["tenant", "level", "organisation_id", "created_at"],
        unique=False,
    )
    op.create_index(op.f("ix_sheet_tenant_level_starts_on"), "sheet", ["tenant", "level", "starts_on"], unique=False)
    op.create_index(op.f("ix_sheet_tenant_parent_id"), "sheet", ["tenant", "parent_id"], unique=False)
    op.create_index(
        "uq_sheet_reference",
        "sheet",
        ["tenant", "reference"],
        unique=True,
        postgresql_where=sa.text("reference is not null"),
    )


def create_sign_in() -> None:
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("agent", sa.String(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_sign_in_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_user_id"), "sign_in", ["user_id"], unique=False)


def create_site() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("siret", sa.String(), nullable=True),
        sa.Column("uai", sa.String(), nullable=True),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "organisation_id"],
            ["organisation.tenant", "organisation.id"],
            name="fk_within_organisation_id_organisation",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_site_tenant_id")),
    )
    op.create_index(op.f("ix_site_tenant"), "site", ["tenant"], unique=False)


def create_mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "sheet_id"], ["sheet.tenant", "sheet.id"], name="fk_within_sheet_id_sheet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_mail_tenant_id")),
        sa.UniqueConstraint("tenant", "key", "recipient", name=op.f("uq_mail_tenant_key_recipient")),
    )
    op.create_index(
        "ix_mail_owed",
        "mail",
        ["tenant", "due_at"],
        unique=False,
        postgresql_where=sa.text("state in ('due', 'sending')"),
    )
    op.create_index(op.f("ix_mail_tenant"), "mail", ["tenant"], unique=False)


def create_revision() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("axis", sa.String(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("config_version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "unit_id"], ["sheet.tenant", "sheet.id"], name="fk_within_unit_id_sheet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_revision_tenant_id")),
        sa.UniqueConstraint("tenant", "unit_id", "number", name=op.f("uq_revision_tenant_unit_id_number")),
    )
    op.create_index(op.f("ix_revision_tenant"), "revision", ["tenant"], unique=False)


def create_sheet_link() -> None:
    op.create_table(
        "sheet_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "from_id"], ["sheet.tenant", "sheet.id"], name="fk_within_from_id_sheet"),
        sa.ForeignKeyConstraint(["tenant", "to_id"], ["sheet.tenant", "sheet.id"], name="fk_within_to_id_sheet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_link")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_sheet_link_tenant_id")),
        sa.UniqueConstraint("tenant", "link", "from_id", "to_id", name=op.f("uq_sheet_link_tenant_link_from_id_to_id")),
    )
    op.create_index(op.f("ix_sheet_link_tenant"), "sheet_link", ["tenant"], unique=False)


def create_sheet_state() -> None:
    op.create_table(
        "sheet_state",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("axis", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_move", sa.String(), nullable=True),
        sa.Column("due_problem", sa.String(), nullable=True),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "sheet_id"], ["sheet.tenant", "sheet.id"], name="fk_within_sheet_id_sheet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_state")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_sheet_state_tenant_id")),
        sa.UniqueConstraint("tenant", "sheet_id", "axis", name=op.f("uq_sheet_state_tenant_sheet_id_axis")),
    )
    op.create_index(
        "ix_sheet_state_due",
        "sheet_state",
        ["tenant", "due_at"],
        unique=False,
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_index(op.f("ix_sheet_state_tenant"), "sheet_state", ["tenant"], unique=False)
    op.create_index(op.f("ix_sheet_state_tenant_axis_state"), "sheet_state", ["tenant", "axis", "state"], unique=False)


def create_sitting() -> None:
    op.create_table(
        "sitting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "sheet_id"], ["sheet.tenant", "sheet.id"], name="fk_within_sheet_id_sheet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_sitting_tenant_id")),
        sa.UniqueConstraint(
            "tenant", "sheet_id", "user_id", "step", name=op.f("uq_sitting_tenant_sheet_id_user_id_step")
        ),
    )
    op.create_index(op.f("ix_sitting_tenant"), "sitting", ["tenant"], unique=False)


def create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("journal_entry_id", sa.Uuid(), nullable=False),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "journal_entry_id"],
            ["journal_entry.tenant", "journal_entry.id"],
            name="fk_within_journal_entry_id_journal_entry",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "revision_id"], ["revision.tenant", "revision.id"], name="fk_within_revision_id_revision"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_decision_tenant_id")),
        sa.UniqueConstraint("tenant", "revision_id", name=op.f("uq_decision_tenant_revision_id")),
    )
    op.create_index(op.f("ix_decision_tenant"), "decision", ["tenant"], unique=False)


def create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=True),
        sa.Column("journal_entry_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("payload_digest", sa.String(), nullable=True),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("held_because", sa.String(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "journal_entry_id"],
            ["journal_entry.tenant", "journal_entry.id"],
            name="fk_within_journal_entry_id_journal_entry",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "revision_id"], ["revision.tenant", "revision.id"], name="fk_within_revision_id_revision"
        ),
        sa.ForeignKeyConstraint(["tenant", "sheet_id"], ["sheet.tenant", "sheet.id"], name="fk_within_sheet_id_sheet"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_delivery_tenant_id")),
        sa.UniqueConstraint(
            "tenant",
            "journal_entry_id",
            "target",
            "sheet_id",
            name=op.f("uq_delivery_tenant_journal_entry_id_target_sheet_id"),
        ),
    )
    op.create_index(
        "ix_delivery_owed",
        "delivery",
        ["tenant", "due_at"],
        unique=False,
        postgresql_where=sa.text("state in ('due', 'sending', 'held')"),
    )
    op.create_index(op.f("ix_delivery_tenant"), "delivery", ["tenant"], unique=False)
    op.create_index(
        op.f("ix_delivery_tenant_sheet_id_created_at"), "delivery", ["tenant", "sheet_id", "created_at"], unique=False
    )


def create_delivery_attempt() -> None:
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "delivery_id"], ["delivery.tenant", "delivery.id"], name="fk_within_delivery_id_delivery"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
        sa.UniqueConstraint("tenant", "delivery_id", "n", name=op.f("uq_delivery_attempt_tenant_delivery_id_n")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_delivery_attempt_tenant_id")),
    )
    op.create_index(op.f("ix_delivery_attempt_tenant"), "delivery_attempt", ["tenant"], unique=False)
