/** @jsxRuntime automatic @jsxImportSource preact */
import { useId, useState } from 'preact/hooks';
import type { TargetedSubmitEvent } from 'preact';

type Action = { name: string; danger?: boolean; does: (text: string) => Promise<unknown> };

/** One line of text and what may be done with it. What the server refuses stays in the line, and its reason stands below. */
export const Form = ({
  label,
  actions,
  optional = false,
  secret = false,
}: {
  label: string;
  actions: readonly Action[];
  optional?: boolean;
  secret?: boolean;
}) => {
  const id = useId();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');
  const act = async ({ does }: Action) => {
    setBusy(true);
    setTrouble('');
    await does(text.trim()).then(
      () => setText(''),
      (error: unknown) => setTrouble(error instanceof Error ? error.message : 'The server did not answer. Try again.'),
    );
    setBusy(false);
  };
  const missing = !optional && text.trim() === '';
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const [first] = actions;
    if (first && !missing && actions.length === 1) void act(first); // of several, none is the one that Enter means
  };
  return (
    <form onSubmit={submit}>
      <label for={id}>{label}</label>
      <input
        id={id}
        value={text}
        {...(secret ? { type: 'password' as const } : {})}
        autocomplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {actions.map((action) => (
        <button
          key={action.name}
          type={actions.length === 1 ? 'submit' : 'button'}
          class={action.danger === true ? 'danger' : ''}
          disabled={busy || missing}
          onClick={actions.length === 1 ? undefined : () => void act(action)}
        >
          {action.name}
        </button>
      ))}
      <p class="trouble" role="alert">
        {trouble}
      </p>
    </form>
  );
};
