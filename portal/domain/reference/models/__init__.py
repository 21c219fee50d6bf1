"""Columns of the reference tables. They belong to no tenant and everyone may read them."""

from portal.domain.reference.models.calendar import HOLIDAY_ZONES, Holiday, SchoolHoliday
from portal.domain.reference.models.certifications import LEVELS, STATUSES, Certification, CertificationBlock
from portal.domain.reference.models.codes import Formacode, Nsf, Public, Rome
from portal.domain.reference.models.datasets import LoadedDataset
from portal.domain.reference.models.places import SPLIT_CITIES, Commune, Department

__all__ = [
    "HOLIDAY_ZONES",
    "LEVELS",
    "SPLIT_CITIES",
    "STATUSES",
    "Certification",
    "CertificationBlock",
    "Commune",
    "Department",
    "Formacode",
    "Holiday",
    "LoadedDataset",
    "Nsf",
    "Public",
    "Rome",
    "SchoolHoliday",
]
