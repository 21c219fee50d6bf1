"""The laptop's services: PostgreSQL, Redis, web, worker and sandbox, started, watched and stopped as one.

Nothing here is needed in production, where each part is run by the machine's own supervisor (docs/operate.md).
"""
