"""Values that never change, and so never need to be copied."""

from typing import Any, Self


class Frozen:
    """To mix into a frozen dataclass of plain values and tuples. Reflex copies what a state begins with for every open
    tab; of these there is one for all.
    """

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self
