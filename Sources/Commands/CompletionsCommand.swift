internal import Arguments

/// `reel completions SHELL`: the script that a shell reads to complete `reel`.
///
/// The scripts only carry questions and answers: what can stand where is decided by `reel` itself, from the table that it parses with
/// (`CompletionReply`). So a script never grows old, and shots are those of the project at hand.
struct CompletionsCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) -> ExitCode {
    let scripts = ["bash": Self.bash, "zsh": Self.zsh, "fish": Self.fish]
    program.output.write(scripts[command.argument("SHELL") ?? ""] ?? "", to: .answer)
    return .done
  }

  static let shells = ["bash", "zsh", "fish"]

  private static let bash = #"""
    # Completes reel in bash. Made by `reel completions bash`.
    _reel() {
      local typed=${COMP_LINE:0:COMP_POINT} current=${COMP_WORDS[COMP_CWORD]} directive word
      local -a found=()
      COMPREPLY=()
      {
        IFS= read -r directive || return 0
        while IFS=$'\t' read -r word _; do found+=("$word"); done
      } < <("$1" __complete-line "$typed" 2>/dev/null)
      # bash takes = and : for ends of words: it wants to hear only what comes behind the last of them.
      typed=${typed##*[[:space:]]}
      local before=
      [[ $COMP_WORDBREAKS == *=* && $typed == *=* ]] && before=${typed%"${typed##*=}"}
      [[ $COMP_WORDBREAKS == *:* && $typed == *:* ]] && before=${typed%"${typed##*:}"}
      case $directive in
      folders | files*)
        compopt -o filenames 2>/dev/null
        local path=${typed#"$before"}
        local -a kinds=(-d)
        [[ $directive == files* ]] && kinds=(-f)
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "${kinds[@]}" -- "$path")
        ;;
      *)
        for word in "${found[@]}"; do
          # Behind an open quote nothing is escaped: what ends it, or runs something, is not offered there.
          [[ $current == [\"\']* && $word == *[\"\'\`\$\\\!]* ]] && continue
          [[ ${#found[@]} -eq 1 && $word == */ ]] && compopt -o nospace 2>/dev/null
          word=${word#"$before"}
          [[ $current == [\"\']* ]] || printf -v word %q "$word"
          COMPREPLY+=("$word")
        done
        ;;
      esac
    }
    complete -F _reel reel

    """#

  private static let zsh = #"""
    #compdef reel
    # Completes reel in zsh. Made by `reel completions zsh`.
    _reel() {
      local -a lines whole open
      local line directive
      lines=("${(@f)$("${words[1]}" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
      directive=$lines[1]
      for line in "${(@)lines[2,-1]}"; do
        local word=${line%%$'\t'*} says=${line#*$'\t'}
        word=${word//:/\\:}
        [[ -n $says ]] && word+=":$says"
        if [[ $line == */$'\t'* ]]; then open+=("$word"); else whole+=("$word"); fi
      done
      case $directive in
        folders) compset -P '--*='; _files -/ ;;
        files*) compset -P '--*='; _files ;;
        *)
          local found=1
          (( $#whole )) && _describe reel whole && found=0
          (( $#open )) && _describe sequence open -S '' && found=0
          return $found
          ;;
      esac
    }
    # Read by a person's .zshrc as well as found in $fpath.
    if [[ $funcstack[1] == _reel ]]; then _reel "$@"; else compdef _reel reel; fi

    """#

  private static let fish = #"""
    # Completes reel in fish. Made by `reel completions fish`.
    function __reel_complete
        set -l line (commandline -cp)
        set -l program (commandline -opc)[1]
        set -l answer (command $program __complete-line "$line" 2>/dev/null)
        set -l token (commandline -ct)
        set -l before (string match -r -- '^--[^=]*=' $token)
        test -n "$before"; or set before ''
        set -l path (string replace -r -- '^--[^=]*=' '' $token)
        switch "$answer[1]"
            case folders
                for found in (__fish_complete_directories "$path" '')
                    echo -- $before$found
                end
            case 'files*'
                for found in (__fish_complete_path "$path")
                    echo -- $before$found
                end
            case '*'
                for found in $answer[2..-1]
                    echo -- $found
                end
        end
    end
    complete -c reel -f -a '(__reel_complete)'

    """#
}
