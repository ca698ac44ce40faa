# Nouns and verbs of latchkey(8), as `latchkey help` lists them.
_latchkey()
{
	local word=${COMP_WORDS[COMP_CWORD]} noun=${COMP_WORDS[1]}
	local list
	if [ "$COMP_CWORD" -eq 1 ]; then
		list=$(latchkey help 2>/dev/null | awk '/^  [a-z]/ {print $1}' | sort -u)
	elif [ "$COMP_CWORD" -eq 2 ]; then
		list=$(latchkey help "$noun" 2>/dev/null | awk '/^  [a-z]/ && $2 ~ /^[a-z]+$/ {print $2}')
	else
		list=$(latchkey "$noun" "${COMP_WORDS[2]}" --help 2>/dev/null | awk '/^    --/ {print $1}')
	fi
	mapfile -t COMPREPLY < <(compgen -W "$list" -- "$word")
}
complete -o default -F _latchkey latchkey
