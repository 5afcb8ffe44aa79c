"""The report: one self-contained page that an officer opens, prints and takes to a meeting."""

from tidegate.report.page import write_report

__all__ = ["write_report"]
