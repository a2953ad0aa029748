/** Uplinks without the time in their payloads: a package is said to be in force when the node begins anew, which takes the chip other seconds. */
export const timeless = (uplinks: readonly unknown[]): unknown[] =>
  uplinks.map((uplink) => {
    const { payload, ...others } = uplink as { payload: object };
    return { ...others, payload: { ...payload, time: 0 } };
  });
