/** FNV-1a, 32 bits: the hash of a trace's tensors. */
export function fnv1a32(bytes: Uint8Array): number {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
}
