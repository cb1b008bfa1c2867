"""A layered layout of one scope (after Sugiyama, Tagawa and Toda): boxes in rows, lines from row to row, none through a box.

1. Cycles are broken: what a depth-first walk finds to lead back is turned round.
2. Each box gets a rank, each label a rank between two; long lines get a bend in every row that they pass. Lines of one class to
   the same target share their bends, as a river its tributaries: a handler that all states lead to costs one line, not hundreds.
3. Rows are ordered by barycentres, then neighbours are exchanged while that saves crossings.
4. Columns are assigned as Brandes and Köpf do ("Fast and Simple Horizontal Coordinate Assignment", 2001), so long lines are
   straight; widths are observed as in their block graph with longest paths.

Every step is linear in boxes and bends, but for a constant number of sweeps; nothing depends on anything but the input.
All sizes are in pixels, y grows downwards.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_BOX, _BEND, _LABEL = range(3)

GAP_BOXES: Final = 28.0
GAP_LINE: Final = 16.0
"""Between a line and what is not of it."""
GAP_ROWS: Final = 40.0
GAP_LABEL: Final = 18.0
"""Above and below a row of labels."""
SPREAD: Final = 12.0
"""Between the ends of two lines at one box."""

_MAIN: Final = 2
"""How many boxes longer than all others a way is that counts as the main one."""

_FAR: Final = 6
"""Rows that a line passes to count as long."""

_SWEEPS: Final = 24
_MANY: Final = 4_000
"""Boxes and bends past which fewer sweeps are made, and neighbours are not exchanged."""


MAX_BENDS: Final = 150_000
"""Past it a layout takes longer, and more memory, than anybody expects of a picture that nobody can read."""


class TooLargeError(Exception):
    """So many lines lead so far that a layout has more than `MAX_BENDS` bends."""


class Box:
    """What is placed.

    inset  how far from its left and right edge a line may end
    x, y   of its top left corner, once it is placed
    """

    __slots__ = ("height", "inset", "width", "x", "y")

    def __init__(self, width: float, height: float, inset: float = 14.0) -> None:
        self.width = width
        self.height = height
        self.inset = inset
        self.x = 0.0
        self.y = 0.0


Station = tuple[float, float, float]
"""Where a line runs straight down (or up) at x, from a y to a y."""


class Line:
    """What connects two boxes, given by their indices.

    group     lines of one group to the same target run together once they meet
    minor     its ends are not brought into one column where that costs another line a bend
    label_width, label_height  of what is written beside it; 0 for none
    stations  from the source to the target, or to where it flows into another line to it; a curve leads from each to the next
    joined    whether it ends in another line
    label_x, label_y  the centre of the label
    """

    __slots__ = (
        "group", "joined", "label_height", "label_width", "label_x", "label_y", "minor", "source", "stations", "target",
    )  # fmt: skip

    def __init__(
        self,
        source: int,
        target: int,
        group: str = "",
        label_width: float = 0,
        label_height: float = 0,
        minor: bool = False,
    ) -> None:
        self.source = source
        self.target = target
        self.group = group
        self.label_width = label_width
        self.label_height = label_height
        self.minor = minor
        self.stations: list[Station] = []
        self.joined = False
        self.label_x = 0.0
        self.label_y = 0.0


def lay_out(boxes: Sequence[Box], lines: Sequence[Line]) -> tuple[float, float]:
    """Place the boxes and lines of a scope; return the width and height that they take. No line leads to its own source.

    Raises TooLargeError.
    """
    if not boxes:
        return 0.0, 0.0
    rank, turned = _ranks(len(boxes), lines)
    _check_size(rank, lines, turned)
    rows = _Rows(boxes, lines, rank, turned, _minor(rank, lines, turned))
    _order_rows(rows)
    x = _columns(rows)
    _gather_labels(rows, x)
    return _finish(rows, x, boxes)


# -- cycles and ranks


def _ranks(count: int, lines: Sequence[Line]) -> tuple[list[int], list[bool]]:
    """Return the rank of each box (even numbers), and which lines are turned round."""
    leaving: list[list[int]] = [[] for _ in range(count)]
    entering = [0] * count
    for i, line in enumerate(lines):
        leaving[line.source].append(i)
        entering[line.target] += 1
    turned = [False] * len(lines)
    state = [0] * count  # 1: the walk is below it, 2: done
    done: list[int] = []
    for root in [*(v for v in range(count) if not entering[v]), *range(count)]:
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(leaving[root]))]
        while stack:
            v, rest = stack[-1]
            for i in rest:
                w = lines[i].target
                if state[w] == 1:
                    turned[i] = True
                elif not state[w]:
                    state[w] = 1
                    stack.append((w, iter(leaving[w])))
                    break
            else:
                state[v] = 2
                done.append(v)
                stack.pop()
    down: list[list[int]] = [[] for _ in range(count)]
    up: list[list[int]] = [[] for _ in range(count)]
    for i, line in enumerate(lines):
        v, w = (line.target, line.source) if turned[i] else (line.source, line.target)
        down[v].append(w)
        up[w].append(v)
    # what is turned round leads from a box to one that the walk left earlier, as all else does
    order = done[::-1]
    rank = [0] * count
    for v in order:
        if up[v]:
            rank[v] = max(rank[w] for w in up[v]) + 2
    # a box that more leads from than to is drawn to what it leads to
    for v in reversed(order):
        if len(down[v]) > len(up[v]) and down[v]:
            rank[v] = max(rank[v], min(rank[w] for w in down[v]) - 2)
    least = min(rank)
    return [r - least for r in rank], turned


def _check_size(rank: Sequence[int], lines: Sequence[Line], turned: Sequence[bool]) -> None:
    longest: dict[tuple[str, int, bool], int] = {}
    for i, line in enumerate(lines):
        key = (line.group, line.target, turned[i])
        longest[key] = max(longest.get(key, 0), abs(rank[line.source] - rank[line.target]))
    # ranks count a row for labels between any two rows of boxes
    if sum(longest.values()) - len(longest) > MAX_BENDS:
        raise TooLargeError


def _minor(rank: Sequence[int], lines: Sequence[Line], turned: Sequence[bool]) -> list[bool]:
    """Return which lines give way to the main one of a box: that on which most is still to come, if there is one.

    So a long way through the machine is one straight column, while branches of about the same length stand symmetrically.
    """
    leaving: list[list[int]] = [[] for _ in rank]
    for i, line in enumerate(lines):
        leaving[line.target if turned[i] else line.source].append(i)
    minor = [line.minor or turned[i] for i, line in enumerate(lines)]
    depth = [0] * len(rank)
    for v in sorted(range(len(rank)), key=rank.__getitem__, reverse=True):
        deepest: list[int] = []
        for i in leaving[v]:
            w = lines[i].source if turned[i] else lines[i].target
            depth[v] = max(depth[v], depth[w] + 1)
            if not minor[i]:
                deepest.append(depth[w])
        deepest.sort(reverse=True)
        if len(deepest) > 1 and deepest[0] >= deepest[1] + _MAIN:
            for i in leaving[v]:
                minor[i] = minor[i] or depth[lines[i].target] < deepest[0]
    return minor


def _from_left(lines: Sequence[Line], row: Sequence[int], turned: Sequence[bool]) -> list[int]:
    """Return the lines as they should leave a box: left what leads back, in the middle what goes on, right what goes far."""
    leaving: dict[int, list[int]] = {}
    for i, line in enumerate(lines):
        leaving.setdefault(line.source, []).append(i)
    back: set[int] = set()
    for v in sorted(leaving, key=row.__getitem__, reverse=True):
        ways = [i for i in leaving[v] if not lines[i].minor] or leaving[v]
        if all(turned[i] or lines[i].target in back for i in ways):
            back.add(v)
    side = [
        0 if turned[i] or line.target in back else 2 if row[line.target] - row[line.source] > _FAR else 1
        for i, line in enumerate(lines)
    ]
    return sorted(range(len(lines)), key=side.__getitem__)


# -- rows: boxes, bends and labels


class _Rows:
    """The boxes with what stands in for lines in each row; numbers below the number of boxes are theirs."""

    def __init__(
        self,
        boxes: Sequence[Box],
        lines: Sequence[Line],
        rank: Sequence[int],
        turned: Sequence[bool],
        minor: Sequence[bool],
    ) -> None:
        self.lines = lines
        self.minor = minor
        self.turned = turned
        self.kind = [_BOX] * len(boxes)
        self.width = [box.width for box in boxes]
        self.height = [box.height for box in boxes]
        self.row = list(rank)
        self.up: list[list[int]] = [[] for _ in boxes]
        self.down: list[list[int]] = [[] for _ in boxes]
        # those of the neighbours that are to be in one column with it
        self.firm_up: list[list[int]] = [[] for _ in boxes]
        self.firm_down: list[list[int]] = [[] for _ in boxes]
        self.linked: set[tuple[int, int]] = set()
        self.weak: set[tuple[int, int]] = set()
        """Links of minor lines at a box: they give way to any other at its edge."""
        self.chains: list[tuple[int, ...]] = [()] * len(lines)
        """Of each line, what it goes through from top to bottom; of one that joins another, until there."""
        self.labels: list[int | None] = [None] * len(lines)
        self._compress([i for i, line in enumerate(lines) if line.label_height])
        shared: dict[tuple[str, int, bool, int], int] = {}
        for i in _from_left(lines, self.row, turned):
            self._chain(i, shared)
        self.rows: list[list[int]] = [[] for _ in range(max(self.row) + 1)]
        self._first_order(len(boxes))

    def _compress(self, labelled: Iterable[int]) -> None:
        """Leave out the ranks for labels that no label is in."""
        used = set(self.row)
        for i in labelled:
            line = self.lines[i]
            used.add(self.row[line.source] + (-1 if self.turned[i] else 1))
        index = {r: j for j, r in enumerate(sorted(used))}
        self.row = [index[r] for r in self.row]

    def _new(self, kind: int, row: int, width: float = 0.0, height: float = 0.0) -> int:
        self.kind.append(kind)
        self.row.append(row)
        self.width.append(width)
        self.height.append(height)
        for each in (self.up, self.down, self.firm_up, self.firm_down):
            each.append([])
        return len(self.kind) - 1

    def _chain(self, i: int, shared: dict[tuple[str, int, bool, int], int]) -> None:
        line, turned = self.lines[i], self.turned[i]
        step = -1 if turned else 1
        row, last = self.row[line.source], self.row[line.target]
        chain = [line.source]
        row += step
        if line.label_height:
            chain.append(self._new(_LABEL, row, line.label_width, line.label_height))
            self.labels[i] = chain[-1]
            row += step
        while row != last:
            key = (line.group, line.target, turned, row)
            bend = shared.get(key)
            if bend is not None:
                chain.append(bend)
                line.joined = True
                break
            bend = shared[key] = self._new(_BEND, row)
            chain.append(bend)
            row += step
        else:
            chain.append(line.target)
        if turned:
            chain.reverse()
        for v, w in pairwise(chain):
            self._link(v, w, self.minor[i])
        self.chains[i] = tuple(chain)

    def _link(self, v: int, w: int, minor: bool) -> None:
        if (v, w) in self.linked:
            return
        self.linked.add((v, w))
        self.down[v].append(w)
        self.up[w].append(v)
        if minor and _BOX in (self.kind[v], self.kind[w]):
            self.weak.add((v, w))
        for here, there, firm in ((v, w, self.firm_down), (w, v, self.firm_up)):
            kind = self.kind[here]
            if kind == _LABEL or (kind == _BEND and self.kind[there] == _BEND) or (kind == _BOX and not minor):
                firm[here].append(there)

    def _first_order(self, count: int) -> None:
        """Put everything in its row as a depth-first walk from the first boxes meets it."""
        seen = [False] * len(self.kind)
        for root in sorted(range(count), key=lambda v: (self.row[v], v)):
            stack = [root]
            while stack:
                v = stack.pop()
                if seen[v]:
                    continue
                seen[v] = True
                self.rows[self.row[v]].append(v)
                stack.extend(reversed(self.down[v]))

    def inner(self, v: int, w: int) -> bool:
        """Whether a link is the straight part of a long line."""
        return self.kind[v] == _BEND and self.kind[w] == _BEND


# -- the order in the rows


def _order_rows(rows: _Rows) -> None:
    size = len(rows.kind)
    position = [0] * size
    for row in rows.rows:
        _number(row, position)
    best, fewest = [list(row) for row in rows.rows], _crossings(rows, position)
    sweeps = _SWEEPS if size < _MANY else 6 if size < 8 * _MANY else 2
    idle = 0
    for sweep in range(sweeps):
        if not fewest or idle > 4:
            break
        upward = sweep % 2 == 1
        for row in reversed(rows.rows[:-1]) if upward else rows.rows[1:]:
            _sort_row(row, rows.down if upward else rows.up, position)
        if size < _MANY:
            _exchange(rows, position)
        crossings = _crossings(rows, position)
        idle += 1
        if crossings < fewest:
            best, fewest, idle = [list(row) for row in rows.rows], crossings, 0
    rows.rows = best


def _number(row: Sequence[int], position: list[int]) -> None:
    for i, v in enumerate(row):
        position[v] = i


def _sort_row(row: list[int], neighbours: Sequence[Sequence[int]], position: list[int]) -> None:
    """Sort a row by the barycentres of the neighbours; what has none keeps its place."""
    movable = [v for v in row if neighbours[v]]
    weight = {v: sum(position[w] for w in neighbours[v]) / len(neighbours[v]) for v in movable}
    movable.sort(key=weight.__getitem__)
    rest = iter(movable)
    row[:] = [next(rest) if neighbours[v] else v for v in row]
    _number(row, position)


def _crossings(rows: _Rows, position: Sequence[int]) -> int:
    """Return the number of pairs of links that cross: the inversions from each row to the next."""
    total = 0
    for upper in rows.rows[:-1]:
        passed: list[int] = []
        for v in upper:
            for at in sorted([position[w] for w in rows.down[v]]):
                if passed and at < passed[-1]:
                    place = bisect_right(passed, at)
                    total += len(passed) - place
                    passed.insert(place, at)
                else:
                    passed.append(at)
    return total


def _exchange(rows: _Rows, position: list[int]) -> None:
    """Exchange neighbours in a row while that saves crossings."""
    for _ in range(4):
        better = False
        for row in rows.rows:
            for i in range(len(row) - 1):
                v, w = row[i], row[i + 1]
                saved = 0
                for side in (rows.up, rows.down):
                    if side[v] and side[w]:
                        a = sorted(position[n] for n in side[v])
                        b = sorted(position[n] for n in side[w])
                        saved += _inverted(a, b) - _inverted(b, a)
                if saved > 0:
                    row[i], row[i + 1] = w, v
                    position[v], position[w] = i + 1, i
                    better = True
        if not better:
            return


def _inverted(left: Sequence[int], right: Sequence[int]) -> int:
    """Return how many pairs (of the left, of the right) are in the wrong order."""
    return sum(bisect_left(right, n) for n in left)


# -- columns


def _columns(rows: _Rows) -> list[float]:
    """Return the x of the centre of everything."""
    conflicts = _conflicts(rows)
    found: list[list[float]] = []
    for upward in (False, True):
        for mirrored in (False, True):
            layers = [row[::-1] if mirrored else row for row in rows.rows]
            if upward:
                layers.reverse()
            root, follow = _align(rows, layers, conflicts, upward)
            x = _compact(rows, layers, root, follow)
            found.append([-value for value in x] if mirrored else x)
    # all four are brought to the narrowest; the mean of the two middle ones keeps what each of them keeps
    half = [w / 2 for w in rows.width]
    spans = [(min(x[v] - half[v] for v in range(len(x))), max(x[v] + half[v] for v in range(len(x)))) for x in found]
    low, high = min(spans, key=lambda span: span[1] - span[0])
    for i, (x, span) in enumerate(zip(found, spans, strict=True)):
        shift = high - span[1] if i % 2 else low - span[0]
        found[i] = [value + shift for value in x]
    out = [0.0] * len(rows.kind)
    for v, values in enumerate(zip(*found, strict=True)):
        ordered = sorted(values)
        out[v] = (ordered[1] + ordered[2]) / 2
    return out


def _conflicts(rows: _Rows) -> set[tuple[int, int]]:
    """Return the links that give way: those that cross the straight part of a long line, and the minor ones at a box."""
    out = {
        (v, w)
        for v, w in rows.weak
        if (rows.kind[v] == _BOX and rows.firm_down[v]) or (rows.kind[w] == _BOX and rows.firm_up[w])
    }
    position = [0] * len(rows.kind)
    for row in rows.rows:
        _number(row, position)
    for upper, lower in pairwise(rows.rows):
        low = scanned = 0
        for i, v in enumerate(lower):
            above = next((w for w in rows.up[v] if rows.inner(w, v)), None)
            if above is None and i < len(lower) - 1:
                continue
            high = position[above] if above is not None else len(upper)
            for w in lower[scanned : i + 1]:
                for u in rows.up[w]:
                    if (position[u] < low or high < position[u]) and not rows.inner(u, w):
                        out.add((u, w))
            scanned, low = i + 1, high
    return out


def _align(
    rows: _Rows, layers: Sequence[Sequence[int]], conflicts: set[tuple[int, int]], upward: bool
) -> tuple[list[int], list[int]]:
    """Bring each with the median of its neighbours into one block; return the first of each block, and the next in it."""
    size = len(rows.kind)
    root, follow = list(range(size)), list(range(size))
    position = [0] * size
    for layer in layers:
        _number(layer, position)
    firm, every = (rows.firm_down, rows.down) if upward else (rows.firm_up, rows.up)
    for layer in layers:
        last = -1
        for v in layer:
            neighbours = sorted(firm[v] or every[v], key=position.__getitem__)
            if not neighbours:
                continue
            middle = (len(neighbours) - 1) / 2
            for w in neighbours[int(middle) : int(middle + 0.5) + 1]:
                link = (v, w) if upward else (w, v)
                if follow[v] == v and last < position[w] and link not in conflicts:
                    follow[w] = v
                    follow[v] = root[v] = root[w]
                    last = position[w]
    return root, follow


def _compact(rows: _Rows, layers: Sequence[Sequence[int]], root: list[int], follow: list[int]) -> list[float]:
    """Place the blocks from the left, each as far left as it can be, then pull each to what is right of it."""
    size = len(rows.kind)
    right: list[dict[int, float]] = [{} for _ in range(size)]
    entering = [0] * size
    for layer in layers:
        for v, w in pairwise(layer):
            a, b = root[v], root[w]
            gap = (rows.width[v] + rows.width[w]) / 2 + _gap(rows.kind[v], rows.kind[w])
            known = right[a].get(b)
            if known is None:
                entering[b] += 1
            if known is None or known < gap:
                right[a][b] = gap
    order = [v for v in range(size) if root[v] == v and not entering[v]]
    x = [0.0] * size
    for v in order:
        for w, gap in right[v].items():
            x[w] = max(x[w], x[v] + gap)
            entering[w] -= 1
            if not entering[w]:
                order.append(w)
    for v in reversed(order):
        if right[v]:
            x[v] = max(x[v], min(x[w] - gap for w, gap in right[v].items()))
    return [x[root[v]] for v in range(size)]


def _gap(left: int, right: int) -> float:
    return GAP_BOXES if left == right == _BOX else GAP_LINE


def _gather_labels(rows: _Rows, x: list[float]) -> None:
    """Move labels that are far from the box that their line leaves as near to it as their row has space for."""
    moved: dict[int, float] = {}
    for i, label in enumerate(rows.labels):
        if label is not None:
            source = rows.lines[i].source
            reach = (rows.width[source] + rows.width[label]) / 2 + GAP_LINE
            at = min(max(x[label], x[source] - reach), x[source] + reach)
            if at != x[label]:
                moved[label] = at
    if not moved:
        return
    for row in rows.rows:
        _pull(row, -1, rows, x, moved)
        _pull(row[::-1], 1, rows, x, moved)


def _pull(order: Sequence[int], step: int, rows: _Rows, x: list[float], wanted: dict[int, float]) -> None:
    """Move those of a row that are wanted further left (step -1, order from the left) or right (1, from the right)."""
    for i, v in enumerate(order):
        at = wanted.get(v, x[v])
        if i:
            last = order[i - 1]
            limit = x[last] - step * ((rows.width[v] + rows.width[last]) / 2 + GAP_LINE)
            at = max(at, limit) if step < 0 else min(at, limit)
        if (at - x[v]) * step > 0:
            x[v] = at


# -- the result


def _finish(rows: _Rows, x: list[float], boxes: Sequence[Box]) -> tuple[float, float]:
    shift = -min(x[v] - rows.width[v] / 2 for v in range(len(x)))
    x = [value + shift for value in x]
    total = max(x[v] + rows.width[v] / 2 for v in range(len(x)))
    tops, bottoms = _heights(rows, x)
    top_of, bottom_of = [0.0] * len(x), [0.0] * len(x)
    for j, row in enumerate(rows.rows):
        for v in row:
            top_of[v], bottom_of[v] = tops[j], bottoms[j]
            if rows.kind[v] != _BEND:
                spare = (bottoms[j] - tops[j] - rows.height[v]) / 2
                top_of[v] += min(spare, 16.0)
                bottom_of[v] = top_of[v] + rows.height[v]
    for v, box in enumerate(boxes):
        box.x, box.y = x[v] - box.width / 2, top_of[v]
    below, above = _ports(rows, x, boxes)
    for i, line in enumerate(rows.lines):
        chain = rows.chains[i]
        stations: list[Station] = []
        for at, v in enumerate(chain):
            level = rows.row[v]
            if rows.kind[v] != _BOX:
                stations.append((x[v], tops[level], bottoms[level]))
            elif at == 0:
                stations.append((below[v, chain[1]], bottom_of[v], bottoms[level]))
            else:
                stations.append((above[chain[at - 1], v], tops[level], top_of[v]))
        if rows.turned[i]:
            stations = [(at, end, start) for at, start, end in reversed(stations)]
        line.stations = stations
        label = rows.labels[i]
        if label is not None:
            line.label_x, line.label_y = x[label], (top_of[label] + bottom_of[label]) / 2
    return total, bottoms[-1]


def _heights(rows: _Rows, x: Sequence[float]) -> tuple[list[float], list[float]]:
    """Return the top and bottom of each row: the further a line goes sideways, the more space it gets."""
    tops: list[float] = []
    bottoms: list[float] = []
    y = 0.0
    for j, row in enumerate(rows.rows):
        tops.append(y)
        y += max(rows.height[v] for v in row)
        bottoms.append(y)
        if j + 1 < len(rows.rows):
            labels = any(rows.kind[v] == _LABEL for v in (*row, *rows.rows[j + 1]))
            wide = max((abs(x[v] - x[w]) for v in row for w in rows.down[v]), default=0.0)
            y += (GAP_LABEL if labels else GAP_ROWS) + min(56.0, wide * 0.06)
    return tops, bottoms


def _ports(
    rows: _Rows, x: Sequence[float], boxes: Sequence[Box]
) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]]:
    """Return where a link leaves the box above it, and where it enters the box below it: as straight as the box is wide."""
    below: dict[tuple[int, int], float] = {}
    above: dict[tuple[int, int], float] = {}
    for v, box in enumerate(boxes):
        others = sorted(rows.down[v], key=lambda w: x[w])
        for w, at in zip(others, _spread([x[w] for w in others], box), strict=True):
            below[v, w] = at
    for v, box in enumerate(boxes):
        ends = sorted((below.get((w, v), x[w]), w) for w in rows.up[v])
        for (_, w), at in zip(ends, _spread([at for at, _ in ends], box), strict=True):
            above[w, v] = at
    return below, above


def _spread(wanted: Sequence[float], box: Box) -> list[float]:
    """Return places on the edge of a box, apart from each other and as near to the wanted ones (sorted) as can be."""
    if not wanted:
        return []
    left, right = box.x + box.inset, box.x + box.width - box.inset
    if right <= left:
        return [box.x + box.width / 2] * len(wanted)
    apart = min(SPREAD, (right - left) / max(1, len(wanted) - 1))
    # pool adjacent violators: groups of (sum of wanted places, number)
    groups: list[tuple[float, int]] = []
    for i, at in enumerate(wanted):
        total, number = at - i * apart, 1
        while groups and groups[-1][0] * number >= total * groups[-1][1]:
            other, more = groups.pop()
            total, number = total + other, number + more
        groups.append((total, number))
    out: list[float] = []
    last = right - apart * (len(wanted) - 1)
    for total, number in groups:
        start = min(max(total / number, left), last)
        out += [start + (len(out) + k) * apart for k in range(number)]
    return out
