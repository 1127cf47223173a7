/** @jsxRuntime automatic @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { plain } from './words.js';

/** A named part of the page; nothing where there is nothing to show. */
export const Section = ({ title, id, children }: { title: string; id?: string; children: ComponentChildren }) => (
  <section aria-labelledby={id ?? idOf(title)}>
    <h2 id={id ?? idOf(title)}>{title}</h2>
    {children}
  </section>
);

const idOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

/** The word carries the meaning; the colour only helps. */
export const Badge = ({ outcome }: { outcome: string }) => <span class={`badge ${outcome}`}>{plain(outcome)}</span>;

export const Digests = ({ digests }: { digests: readonly string[] }) => (
  <>
    {digests.map((digest) => (
      <code key={digest} title={digest}>
        {digest.slice(7, 15)}{' '}
      </code>
    ))}
  </>
);

/** Wide tables scroll by themselves, by finger and by key, so that the page never does. */
export const Table = ({ label, heads, rows }: { label: string; heads: readonly string[]; rows: readonly ComponentChildren[][] }) =>
  rows.length === 0 ? null : (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
