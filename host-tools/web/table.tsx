import type { ComponentChildren } from "preact";

interface TableOptions {
  columns: readonly string[];
  /** A column that is in sight however far the others are scrolled. */
  stays?: "first" | "last";
  children: ComponentChildren;
}

/** A table that scrolls by itself where the screen is narrow. `children`: its rows. */
export function Table({ columns, stays, children }: TableOptions) {
  return (
    <div class={stays ? `scroll ${stays}-stays` : "scroll"}>
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
