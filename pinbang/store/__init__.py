"""Open and migrate the database; the tables that several plugins share."""

from pinbang.store.transactions import StoreUnavailableError, transactional

__all__ = ["StoreUnavailableError", "transactional"]
