"""Tables of the register, a file each concept."""

from tidegate.console.register.models.audit import AuditEntry
from tidegate.console.register.models.cargo import Bill
from tidegate.console.register.models.decision import Channel, Decision
from tidegate.console.register.models.declaration import Declaration, Line, Message, Subject, Withdrawal
from tidegate.console.register.models.edition import Edition, InForce, Standing
from tidegate.console.register.models.finding import Finding
from tidegate.console.register.models.people import Clearance, Office, User
from tidegate.console.register.models.task import Task

__all__ = [
    "AuditEntry",
    "Bill",
    "Channel",
    "Clearance",
    "Decision",
    "Declaration",
    "Edition",
    "Finding",
    "InForce",
    "Line",
    "Message",
    "Office",
    "Standing",
    "Subject",
    "Task",
    "User",
    "Withdrawal",
]
