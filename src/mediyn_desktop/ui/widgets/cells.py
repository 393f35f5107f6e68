# SPDX-License-Identifier: MIT
"""One painter for header and cells, so that their text stands on the same line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mediyn_desktop.ui.models.record_model import MUTED_ROLE, STATUS_ROLE, Index
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme import icons, tokens
from mediyn_desktop.ui.theme.fonts import Size, font
from mediyn_desktop.ui.theme.tokens import CELL_PADDING, ROW
from mediyn_desktop.ui.widgets.status_cell import paint_status

_ROUNDING = 2  # widths of letters are fractions of a pixel
_ALIGNMENT = Qt.ItemDataRole.TextAlignmentRole


def _hairline(painter: QPainter, rect: QRect) -> None:
    painter.fillRect(
        QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.active().hairline)
    )


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: ground, hairline, plain text or a status."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hovered_row = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now = tokens.active()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(now.tint))
            if index.column() == 0 and state & QStyle.StateFlag.State_Active:
                painter.fillRect(QRect(rect.left(), rect.top(), 3, ROW - 1), QColor(now.accent))
        elif index.row() == self.hovered_row:
            painter.fillRect(rect, QColor(now.hover))
        _hairline(painter, rect)
        inner = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, -1)
        painter.setFont(option.font)
        status = index.data(STATUS_ROLE)
        if isinstance(status, Status):
            paint_status(painter, status, inner)
        elif text := index.data(Qt.ItemDataRole.DisplayRole):
            painter.setPen(QColor(now.muted if index.data(MUTED_ROLE) else now.text))
            words, side = str(text).replace("\n", " "), index.data(_ALIGNMENT)
            measure = painter.fontMetrics()
            if side & Qt.AlignmentFlag.AlignRight:
                # An amount that is cut off is a wrong amount: it may use the padding before it.
                beyond = measure.horizontalAdvance(words) + _ROUNDING - inner.width()
                inner.setLeft(max(rect.left() + 1, inner.left() - max(beyond, 0)))
            shown = measure.elidedText(words, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, side, shown)
        painter.restore()


class CellHeader(QHeaderView):
    """Column titles over the cells, with the same padding, and an arrow where it is sorted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFont(font(Size.BODY, QFont.Weight.Medium))
        self.setFixedHeight(ROW + 1)
        self.setMinimumSectionSize(48)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        now, model = tokens.active(), self.model()
        painter.save()
        _hairline(painter, rect)
        across = Qt.Orientation.Horizontal
        title = str(model.headerData(section, across, Qt.ItemDataRole.DisplayRole) or "")
        side = model.headerData(section, across, Qt.ItemDataRole.TextAlignmentRole)
        inner = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, -1)
        painter.setFont(self.font())
        painter.setPen(QColor(now.muted))
        measure = painter.fontMetrics()
        shown = measure.elidedText(title, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, side, shown)
        if self.isSortIndicatorShown() and self.sortIndicatorSection() == section:
            width = measure.horizontalAdvance(shown)
            right = bool(side & Qt.AlignmentFlag.AlignRight)
            x = inner.right() - width - 18 if right else inner.left() + width + 5
            down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            at = QPoint(x, rect.center().y() - 6)
            icons.draw(painter, "arrow-down" if down else "arrow-up", at, 13, now.accent)
        painter.restore()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()
        return super().event(event)
