const bulkQuantity = 3;
const bulkPercent = 10;
const shippingCents = 490;
const freeShippingFromCents = 5_000;

/** Three or more of one product cost ten percent less. Whole cents throughout; the discount is rounded once, on the line. */
export const lineCents = (priceCents, quantity) => {
  const fullCents = priceCents * quantity;
  return quantity < bulkQuantity ? fullCents : fullCents - Math.round((fullCents * bulkPercent) / 100);
};

/** What an order costs, from the totals of its lines. Nothing costs nothing, and goods from fifty euros on travel free. */
export const orderCents = (lines) => {
  const goods = lines.reduce((sum, line) => sum + line.lineCents, 0);
  const shipping = goods === 0 || goods >= freeShippingFromCents ? 0 : shippingCents;
  return { goodsCents: goods, shippingCents: shipping, totalCents: goods + shipping };
};

export const formatCents = (cents) => `€ ${(cents / 100).toFixed(2)}`;
