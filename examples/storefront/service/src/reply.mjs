/** What a route answers with. Nothing is written to the network here. */
export const reply = {
  json: (status, value, headers = {}) => ({
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  }),
  html: (status, body) => ({ status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body }),
  text: (status, body, headers = {}) => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }),
  /** After a form: the browser fetches the page again, so that reloading repeats nothing. */
  seeOther: (location, headers = {}) => ({ status: 303, headers: { location, 'cache-control': 'no-store', ...headers }, body: '' }),
};
