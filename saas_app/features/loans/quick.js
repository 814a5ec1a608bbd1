const cents = sum => Math.round(sum + 1e-6);  // half a cent goes up, also where a division has missed it
// Closed formulas and not month by month: cents must not get lost in fifty years.
const reckon = (sum, rate, years, kind, restingYears) => {
  const last = years * 12, resting = kind === "interest_first" ? restingYears * 12 : 0, i = rate / 1200;
  const parts = last - resting, straight = kind === "linear" || !i, part = sum / parts;
  const shrunk = k => -Math.expm1(-k * Math.log1p(i));
  const regular = straight ? part : sum * i / shrunk(parts);
  const owed = k => k <= 0 ? sum : k >= parts ? 0 : straight ? sum * (parts - k) / parts : regular / i * shrunk(parts - k);
  const cost = k => straight ? i * (sum * k - part * k * (k - 1) / 2) : regular * k - (sum - owed(k));
  const interest = number => number <= resting ? sum * i * number : sum * i * resting + cost(number - resting);
  const payment = number => {
    const k = number - resting;
    return k <= 0 ? sum * i : straight ? part + owed(k - 1) * i : regular;
  };
  let turn = 0;
  for (let k = 1; k <= parts && !turn; k++) {
    const repaid = straight ? part : regular * (1 + i) ** (k - 1 - parts), due = payment(resting + k);
    if (repaid > due - repaid) turn = resting + k;
  }
  const rows = [...Array(years).keys()].map(at => {
    const [from, to] = [at * 12, at * 12 + 12];
    const [before, after] = [from, to].map(number => cents(owed(number - resting)));
    const paid = cents(interest(to)) - cents(interest(from));
    return {year: at + 1, interest: paid, principal: before - after, balance: after};
  });
  const all = cents(interest(last));
  return {payment: cents(payment(1)), step: resting ? cents(payment(resting + 1)) : 0, at: resting + 1,
    end: cents(payment(last)), interest: all, total: all + sum, turn, rows};
};
const columns = rows => {
  const tallest = Math.max(...rows.map(row => row.interest + row.principal)) || 1, step = 600 / rows.length;
  let repaid = "", interest = "";
  rows.forEach((row, place) => {
    const x = (place * step).toFixed(1), wide = (step * 0.86).toFixed(1);
    const low = row.principal / tallest * 200, high = (row.principal + row.interest) / tallest * 200;
    repaid += `M${x} 200v-${low.toFixed(1)}h${wide}V200z`;
    interest += `M${x} ${(200 - low).toFixed(1)}v-${(high - low).toFixed(1)}h${wide}v${(high - low).toFixed(1)}z`;
  });
  return [repaid, interest];
};
const box = document.getElementById("quick");
if (box) {
  // As the server has written an example, digit by digit; where digits stand otherwise, as the browser does.
  const like = !foreign && /^(\D*)1(\D?)234(?:\2)567(\D)89(\D*)$/.exec(box.dataset.written);
  let coins;
  const money = sum => {
    if (like) {
      const [whole, rest] = [Math.floor(sum / 100), sum % 100].map(String), [, before, group, point, after] = like;
      return before + whole.replace(/\B(?=(\d{3})+$)/g, group) + point + rest.padStart(2, "0") + after;
    }
    coins ??= new Intl.NumberFormat(undefined, {style: "currency", currency: box.dataset.currency});
    return coins.format(sum / 100);
  };
  const out = name => document.getElementById("quick-" + name);
  const put = (name, words) => out(name).textContent = words;
  const say = (field, fine) => {
    box[field].setAttribute("aria-invalid", fine ? "false" : "true");
    document.getElementById(field + "-error").textContent = fine ? "" : box[field].dataset.ask;
  };
  const blank = out("years").rows[0].cloneNode(true);
  const show = loan => {
    const falling = box.kind.value === "linear", later = falling ? loan.end : loan.step;
    put("payment", money(loan.payment));
    put("note", !later ? "" : (falling ? say.end : say.later).replace("{amount}", money(later)).replace("{month}", loan.at));
    put("interest", money(loan.interest));
    put("total", money(loan.total));
    put("turn", loan.turn || "–");
    const [repaid, interest] = columns(loan.rows);
    out("repaid").setAttribute("d", repaid);
    out("cost").setAttribute("d", interest);
    const part = row => Math.round(row.interest * 100 / (row.interest + row.principal || 1));
    const shown = {years: loan.rows.length, first: part(loan.rows[0]), last: part(loan.rows.at(-1))};
    out("picture").setAttribute("aria-label", say.picture.replace(/.(\w+)}/g, (_, name) => shown[name]));
    out("years").replaceChildren(...loan.rows.map(row => {
      const line = blank.cloneNode(true);
      [row.year, money(row.interest), money(row.principal), money(row.balance)].forEach((words, place) => {
        line.cells[place].textContent = words;
      });
      return line;
    }));
  };
  const fit = () => box.resting.closest("[data-only]").hidden = box.kind.value !== "interest_first";
  const read = () => {
    const kind = box.kind.value, years = readWhole(box.years.value, 50), first = kind === "interest_first";
    const read = {amount: readAmount(box.amount.value), rate: readRate(box.rate.value), years};
    if (first) read.resting = readWhole(box.resting.value, Math.max(1, (years || 50) - 1));
    fit();
    for (const field of ["amount", "rate", "years", "resting"]) say(field, !(field in read) || !isNaN(read[field]));
    const none = first && years === 1, fine = !none && !Object.values(read).some(isNaN);
    if (none) say("resting", false);
    if (fine) show(reckon(read.amount, read.rate, years, kind, read.resting || 0));
    out("kind").textContent = "";
    const old = document.querySelector("[data-before]");
    old.textContent = fine || !out("repaid").getAttribute("d") ? "" : old.dataset.before;
  };
  box.addEventListener("input", () => {
    read();
    history.replaceState(null, "", "?" + new URLSearchParams(new FormData(box)));
  });
  fit();
  // A browser that fills in what was typed before has other fields than the server has answered.
  const asAnswered = field => field.value === field.defaultValue && field.checked === field.defaultChecked;
  if (foreign || ![...box.querySelectorAll("input")].every(asAnswered)) read();
}
