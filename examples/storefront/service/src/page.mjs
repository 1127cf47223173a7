import { formatCents } from './money.mjs';

/** The shop's one page. It works without scripts: every button belongs to a form. */
export const renderPage = ({ products, cart, placed, sections, version }) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Storefront</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><h1>Storefront</h1><p>Things that last.</p></header>
<main>
<section id="products" aria-label="Products"><ul class="products">${products.map(productItem).join('')}</ul></section>
<aside>
${placed === null ? '' : placedNotice(placed)}
${cartSection(cart)}
${sections.join('\n')}
</aside>
</main>
<footer>Storefront ${escapeHtml(version)}</footer>
</body>
</html>
`;

export const escapeHtml = (value) => String(value).replace(/[&<>"']/g, (character) => entities[character]);

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const productItem = (product) => `
<li data-product="${product.id}">
<h2>${escapeHtml(product.name)}</h2>
<p>${escapeHtml(product.description)}</p>
<p class="price">${formatCents(product.priceCents)}</p>
${product.available ? addForm(product) : '<p class="sold-out">Sold out</p>'}
</li>`;

const addForm = (product) =>
  `<form method="post" action="/api/cart"><input type="hidden" name="productId" value="${product.id}"><button aria-label="Add to cart: ${escapeHtml(product.name)}">Add to cart</button></form>`;

const placedNotice = (order) => `<p role="status">Thank you: order ${order.id} for ${formatCents(order.totalCents)} is placed.</p>`;

const cartSection = (cart) => `<section id="cart" aria-label="Cart">
<h2>Cart</h2>
${cart.lines.length === 0 ? '<p>Your cart is empty.</p>' : filledCart(cart)}
</section>`;

const filledCart = (cart) => `<table>
${cart.lines.map((line) => `<tr><td>${line.quantity} × ${escapeHtml(line.name)}</td><td>${formatCents(line.lineCents)}</td></tr>`).join('\n')}
<tr><td>Shipping</td><td>${formatCents(cart.shippingCents)}</td></tr>
<tr class="total"><td>Total</td><td>${formatCents(cart.totalCents)}</td></tr>
</table>
<form method="post" action="/api/orders"><label>E-mail <input type="email" name="email" required></label> <button>Order</button></form>`;
