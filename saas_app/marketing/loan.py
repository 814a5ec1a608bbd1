"""The arithmetic of the calculator on the landing page. `loan.js` says the same; a test holds them together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Repayment:
    """What a loan comes to: `turn` is the first payment that repays more than it pays in interest."""

    payment: float
    interest: float
    turn: int
    shares: tuple[float, ...]


def repay(amount: float, rate: float, years: int) -> Repayment:
    """Equal monthly payments; `shares` says how much of each year's payments repays the loan."""
    months, monthly = years * 12, rate / 1200
    payment = amount * monthly / (1 - (1 + monthly) ** -months) if monthly else amount / months
    rest, turn, shares = amount, 0, [0.0] * years
    for month in range(months):
        interest = rest * monthly
        if not turn and payment - interest > interest:
            turn = month + 1
        rest -= payment - interest
        shares[month // 12] += (payment - interest) / payment / 12
    return Repayment(payment, payment * months - amount, turn, tuple(shares))


def wall(shares: tuple[float, ...], width: int = 400, height: int = 120) -> tuple[str, str]:
    """The drawing: a column for each year, and in it the part that repays the loan. Two SVG paths."""
    step = width / len(shares)
    columns, laid = "", ""
    for year, share in enumerate(shares):
        x, wide, high = f"{year * step:.1f}", f"{step * 0.86:.1f}", f"{share * height:.1f}"
        columns += f"M{x} 0h{wide}v{height}h-{wide}z"
        laid += f"M{x} {height}v-{high}h{wide}v{high}z"
    return columns, laid
