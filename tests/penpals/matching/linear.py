"""An optimum by linear programming (HiGHS), independent of the matching: one aim after the other, each held fixed.

Whole numbers come by themselves: the constraints are those of a flow, and holding an aim at its best leaves a face of
the same polytope.
"""

from collections.abc import Sequence

import highspy
import numpy as np


class Program:
    """Maximise one objective after the other over variables within bounds, under sums held within bounds."""

    def __init__(self) -> None:
        self._solver = highspy.Highs()
        self._solver.setOptionValue("output_flag", False)
        self._count = 0

    def variable(self, least: float = 0, most: float = 1) -> int:
        self._solver.addVar(least, most)
        self._count += 1
        return self._count - 1

    def hold(self, variables: Sequence[int], factors: Sequence[float], least: float, most: float) -> None:
        self._solver.addRow(
            least, most, len(variables), np.array(variables, dtype=np.int32), np.array(factors, dtype=np.float64)
        )

    def maximise(self, factors: dict[int, float]) -> int:
        """The best value of a sum of whole numbers; it is held from now on."""
        for variable in range(self._count):
            self._solver.changeColCost(variable, factors.get(variable, 0))
        self._solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._solver.run()
        assert self._solver.getModelStatus() in (
            highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty,
        )  # fmt: skip
        value = self._solver.getInfo().objective_function_value
        best = round(value)
        assert abs(value - best) < 0.01
        if factors:
            self.hold(list(factors), list(factors.values()), best, highspy.kHighsInf)
        return best
