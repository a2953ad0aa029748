/** s: a week, of a window and of what is computed of it. */
export const longestWindow = 604_800;
