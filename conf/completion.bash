# Nouns, verbs and fields of latchkey(8), as its own help lists them: a line is two
# spaces, noun and verb, and after two more spaces or a new line what it does.
_latchkey()
{
	local -a args=("${COMP_WORDS[@]:1:COMP_CWORD}")
	local list
	while [ ${#args[@]} -gt 1 ]; do
		case ${args[0]} in
		-c) args=("${args[@]:2}") ;;
		--json) args=("${args[@]:1}") ;;
		*) break ;;
		esac
	done
	case ${#args[@]} in
	0) return ;; # the file of -c
	1) list=$(latchkey help 2>/dev/null | awk '/^  [a-z]/ {print $1}' | sort -u) ;;
	2) list=$(latchkey help "${args[0]}" 2>/dev/null |
	    awk -F '  +' '/^  [a-z]/ {split($2, w, " "); if (w[2] ~ /^[a-z]+$/) print w[2]}') ;;
	*) list=$(latchkey "${args[0]}" "${args[1]}" --help 2>/dev/null | grep -oE -- '--[a-z-]+') ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$list" -- "${args[-1]}")
}
complete -o default -F _latchkey latchkey
