import type { CompletionOption, ShellCompletionNode } from './completion-tree.js';

export const completionShells = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof completionShells)[number];

/** Returns the completion script for a shell. Pure. */
export function completionScript(shell: CompletionShell, nodes: readonly ShellCompletionNode[]): string {
  return writers[shell](nodes);
}

const writers: Record<CompletionShell, (nodes: readonly ShellCompletionNode[]) => string> = { bash, zsh, fish };

/** The command that a completion node describes, as a path such as `/deliveries/list`; empty for the program. */
const placeOf = ({ path }: ShellCompletionNode) => path.map((word) => `/${word}`).join('');

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

const valuedOptions = (nodes: readonly ShellCompletionNode[]) =>
  nodes.flatMap((node) => node.options.filter(({ choices }) => choices.length > 0).map((option) => ({ node, option })));

/** The paths of all commands, as the pattern of a shell's `case`. */
const deeper = (nodes: readonly ShellCompletionNode[]) =>
  nodes
    .filter(({ path }) => path.length > 0)
    .map((node) => quoted(placeOf(node)))
    .join('|');

/** The options that take a value, as the pattern of a shell's `case`: the word after them names no command. */
const valuedFlags = (nodes: readonly ShellCompletionNode[]) => {
  const valued = nodes.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue).flatMap(spelled));
  return [...new Set(valued)].join('|');
};

function bash(nodes: readonly ShellCompletionNode[]): string {
  const choices = valuedOptions(nodes).map(
    ({ node, option }) =>
      `    ${quoted(`${placeOf(node)} --${option.long}`)}) words=${quoted(option.choices.join(' '))}; flags='' ;;`,
  );
  const places = nodes.map((node) => {
    const words = [...node.words.map(({ word }) => word), ...node.options.flatMap(spelled)];
    return `    ${quoted(placeOf(node))}) words=${quoted(words.join(' '))} ;;`;
  });
  return `# bash completion of cairnloop: cairnloop completion bash > /etc/bash_completion.d/cairnloop
_cairnloop() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" place='' words='' flags='yes' word before=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$before" in
      ${valuedFlags(nodes)}) before=''; continue ;;
    esac
    before="$word"
    case "$place/$word" in
      ${deeper(nodes)}) place="$place/$word" ;;
    esac
  done
  case "$place $previous" in
${choices.join('\n')}
    *' --cwd') COMPREPLY=($(compgen -d -- "$current")); return ;;
    *' --config') COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  [ -n "$flags" ] && case "$place" in
${places.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _cairnloop cairnloop
`;
}

function zsh(nodes: readonly ShellCompletionNode[]): string {
  const choices = valuedOptions(nodes).map(
    ({ node, option }) =>
      `    (${quoted(`${placeOf(node)} --${option.long}`)}) compadd -- ${option.choices.map(quoted).join(' ')}; return ;;`,
  );
  const described = (word: string, description: string) => quoted(`${word.replaceAll(':', '\\:')}:${description}`);
  const places = nodes.map((node) => {
    const words = node.words.map(({ word, description }) => described(word, description)).join(' ');
    const options = node.options.flatMap((option) =>
      spelled(option).map((flag) => described(flag, option.description)),
    );
    return `    (${quoted(placeOf(node))}) subcommands=(${words}); flags=(${options.join(' ')}) ;;`;
  });
  return `#compdef cairnloop
# zsh completion of cairnloop: cairnloop completion zsh > ~/.zfunc/_cairnloop (with ~/.zfunc in fpath)
_cairnloop() {
  local place='' word before=''
  local -a subcommands flags
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$before" in
      (${valuedFlags(nodes)}) before=''; continue ;;
    esac
    before="$word"
    case "$place/$word" in
      (${deeper(nodes)}) place="$place/$word" ;;
    esac
  done
  case "$place \${words[CURRENT-1]}" in
${choices.join('\n')}
    (*' --cwd') _files -/; return ;;
    (*' --config') _files; return ;;
  esac
  case "$place" in
${places.join('\n')}
  esac
  (( \${#subcommands} )) && _describe 'command' subcommands
  _describe -o 'option' flags
}
# Loaded from fpath, this file is the body of the function and must complete at once; sourced, it only registers.
if [[ "\${funcstack[1]}" == _cairnloop ]]; then _cairnloop "$@"; else compdef _cairnloop cairnloop; fi
`;
}

function fish(nodes: readonly ShellCompletionNode[]): string {
  const places = new Set(nodes.map(placeOf));
  const lines = nodes.flatMap((node) => {
    const here = `__cairnloop_is_at '${placeOf(node)}'`;
    const values = node.words.map(({ word }) => word).filter((word) => !places.has(`${placeOf(node)}/${word}`));
    const free = values.length > 0 ? `${here} bare` : here;
    return [
      ...node.words.map(
        ({ word, description }) =>
          `complete -c cairnloop -n ${quoted(free)} -a ${quoted(word)} -d ${quoted(description)}`,
      ),
      ...node.options.map((option) => `complete -c cairnloop -n ${quoted(here)}${fishOption(option)}`),
    ];
  });
  // `bare` restricts a completion to command lines without arguments so far: each command takes at most one.
  return `# fish completion of cairnloop: cairnloop completion fish > ~/.config/fish/completions/cairnloop.fish
function __cairnloop_is_at --argument-names wanted bare
  set -l place ''
  set -l before ''
  set -l given no
  for word in (commandline -opc)[2..-1]
    if contains -- "$before" ${valuedFlags(nodes).replaceAll('|', ' ')}
      set before ''
      continue
    end
    set before $word
    if contains -- "$place/$word" ${nodes.map((node) => quoted(placeOf(node))).join(' ')}
      set place "$place/$word"
    else if not string match -q -- '-*' "$word"
      set given yes
    end
  end
  test "$place" = "$wanted"; and test "$bare $given" != 'bare yes'
end
complete -c cairnloop -f
${lines.join('\n')}
`;
}

function fishOption({ long, short, description, takesValue, choices }: CompletionOption): string {
  const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r -F' : '';
  return `${short ? ` -s ${short}` : ''} -l ${long}${values} -d ${quoted(description)}`;
}

function spelled({ long, short }: CompletionOption): string[] {
  return [`--${long}`, ...(short ? [`-${short}`] : [])];
}
