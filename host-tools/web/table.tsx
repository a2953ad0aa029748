import type { ComponentChildren } from "preact";

interface TableOptions {
  columns: readonly string[];
  /** The last column is in sight however far the others are scrolled. */
  lastStays?: boolean;
  children: ComponentChildren;
}

/** A table that scrolls by itself where the screen is narrow. `children`: its rows. */
export function Table({ columns, lastStays = false, children }: TableOptions) {
  return (
    <div class={lastStays ? "scroll last-stays" : "scroll"}>
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
