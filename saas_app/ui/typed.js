const AMOUNT = /^([1-9]\d{0,2}([.,'’])(?:\d{2,3}\2)*\d{3}|\d*)(?:[.,](\d{0,2}))?$/;
const readAmount = text => {
  const found = AMOUNT.exec(text.replace(/\s/g, "").replace(new RegExp(say.around, "gi"), ""));
  const whole = (found?.[1] || "").replace(/\D/g, ""), cents = found?.[3] || "";
  if (!found || !(whole + cents)) return NaN;
  const sum = +whole * 100 + +cents.padEnd(2, "0");
  return sum > 0 && sum <= 1e10 ? sum : NaN;
};
const readRate = text => {
  const plain = text.trim().replace(/%$/, "").trim();
  const rate = /^(\d{1,3}([.,]\d{0,9})?|[.,]\d{1,9})$/.test(plain) ? +plain.replace(",", ".") : NaN;
  return rate <= 30 ? Math.round(rate * 1000) / 1000 : NaN;
};
const readWhole = (text, most) => /^\d{1,4}$/.test(text.trim()) && +text >= 1 && +text <= most ? +text : NaN;
