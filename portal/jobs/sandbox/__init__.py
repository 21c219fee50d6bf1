"""A small real information system, as a region has one: it receives what the portal delivers, well or badly as told.

It stands for somebody else's software: it shares no code with the domain, and reads what it gets as any target would.
"""
