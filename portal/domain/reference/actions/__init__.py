"""Use-cases of the reference tables."""

from portal.domain.reference.actions.datasets import DATASETS, Dataset, find_dataset
from portal.domain.reference.actions.load import Loaded, load_dataset, load_reference

__all__ = ["DATASETS", "Dataset", "Loaded", "find_dataset", "load_dataset", "load_reference"]
