/** One JSON object per line on stdout. `error` is for what somebody should look into; a refused request is not. */
export const log = {
  info: (message, fields) => write('info', message, fields),
  error: (message, fields) => write('error', message, fields),
};

const write = (level, message, { error, ...fields } = {}) => {
  const cause = error === undefined ? {} : { error: error instanceof Error ? error.stack : String(error) };
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields, ...cause })}\n`);
};
