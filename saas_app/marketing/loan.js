const repay = (amount, rate, years) => {
  const months = years * 12, monthly = rate / 1200;
  const payment = monthly ? amount * monthly / (1 - (1 + monthly) ** -months) : amount / months;
  let rest = amount, turn = 0;
  const shares = Array(years).fill(0);
  for (let month = 0; month < months; month++) {
    const interest = rest * monthly;
    if (!turn && payment - interest > interest) turn = month + 1;
    rest -= payment - interest;
    shares[Math.floor(month / 12)] += (payment - interest) / payment / 12;
  }
  return {payment, interest: payment * months - amount, turn, shares};
};
const wall = shares => {
  const step = 400 / shares.length, wide = (step * 0.86).toFixed(1);
  let columns = "", laid = "";
  shares.forEach((share, year) => {
    const x = (year * step).toFixed(1), high = (share * 120).toFixed(1);
    columns += `M${x} 0h${wide}v120h-${wide}z`;
    laid += `M${x} 120v-${high}h${wide}v${high}z`;
  });
  return [columns, laid];
};
const money = sum => sum.toLocaleString(document.documentElement.lang, {minimumFractionDigits: 2, maximumFractionDigits: 2});
const box = document.getElementById("calculator");
const put = (name, words) => box.querySelector("#out-" + name).textContent = words;
box?.addEventListener("input", () => {
  const read = [readAmount(box.amount.value) / 100, readRate(box.rate.value), readWhole(box.years.value, 50)];
  if (read.some(isNaN)) return;
  const loan = repay(...read);
  const [columns, laid] = wall(loan.shares);
  put("payment", money(loan.payment));
  put("interest", money(loan.interest));
  put("turn", loan.turn);
  box.querySelector("#wall-columns").setAttribute("d", columns);
  box.querySelector("#wall-laid").setAttribute("d", laid);
});
