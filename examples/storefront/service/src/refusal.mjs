/** A request that the shop refuses, with the status and the sentence that the client gets to read. */
export class Refusal extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Parses a whole number between two bounds, or refuses the request by the name of the field. */
export const wholeNumber = (value, name, { from, to }) => {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (!Number.isInteger(number) || number < from || number > to)
    throw new Refusal(400, `${name} must be a whole number from ${from} to ${to}.`);
  return number;
};
