# Nouns, verbs and fields of latchkey(8), as its own help lists them: a line is two
# spaces, noun and verb, and after two more spaces or a new line what it does.
_latchkey()
{
	local word=${COMP_WORDS[COMP_CWORD]} noun=${COMP_WORDS[1]}
	local list
	if [ "$COMP_CWORD" -eq 1 ]; then
		list=$(latchkey help 2>/dev/null | awk '/^  [a-z]/ {print $1}' | sort -u)
	elif [ "$COMP_CWORD" -eq 2 ]; then
		list=$(latchkey help "$noun" 2>/dev/null |
		    awk -F '  +' '/^  [a-z]/ {split($2, w, " "); if (w[2] ~ /^[a-z]+$/) print w[2]}')
	else
		list=$(latchkey "$noun" "${COMP_WORDS[2]}" --help 2>/dev/null | grep -oE -- '--[a-z-]+')
	fi
	mapfile -t COMPREPLY < <(compgen -W "$list" -- "$word")
}
complete -o default -F _latchkey latchkey
