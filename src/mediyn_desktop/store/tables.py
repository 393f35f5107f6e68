# SPDX-License-Identifier: MIT
"""The store's own tables: the audit chain, settings and secrets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only


class AuditRow(Base):
    """One committed write: what it was called, when, and which rows it touched (ids only)."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    label: Mapped[str] = mapped_column(String(200))
    changes: Mapped[str] = mapped_column(Text)  # JSON: kind -> sorted list of ids
    seal: Mapped[str] = mapped_column(String(64))


class SettingRow(Base):
    """A setting that differs from its default."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class SecretRow(Base):
    """A key or token that only this encrypted file holds; never printed."""

    __tablename__ = "secret"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


GUARDS = append_only("audit", what="audit rows")
