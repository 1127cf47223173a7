const url = process.env.TARGET_URL;

/** A visitor of the shop at TARGET_URL who keeps the cookie, as a browser would. */
export const visitor = () => {
  let cookie = '';
  const send = async (path, options = {}) => {
    const response = await fetch(`${url}${path}`, {
      redirect: 'manual',
      ...options,
      headers: { ...(cookie === '' ? {} : { cookie }), ...options.headers },
    });
    const fresh = response.headers.get('set-cookie');
    if (fresh !== null) cookie = fresh.split(';')[0];
    return response;
  };
  const withBody = (method) => (path, body) =>
    send(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return {
    send,
    get: (path) => send(path),
    post: withBody('POST'),
    remove: (path) => send(path, { method: 'DELETE' }),
    json: async (path) => (await send(path)).json(),
  };
};
