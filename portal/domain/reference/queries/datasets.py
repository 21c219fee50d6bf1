"""What each reference table was last filled from."""

from sqlalchemy import select

from portal.domain.reference.models import LoadedDataset
from portal.extensions import db


def loaded_datasets() -> dict[str, LoadedDataset]:
    """By name, the datasets loaded so far: file, number of rows, day."""
    return {row.name: row for row in db.session.scalars(select(LoadedDataset).order_by(LoadedDataset.name))}
