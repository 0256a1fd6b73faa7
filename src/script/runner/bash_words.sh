# A profile or a user's file may have defined functions or aliases with the names of bash's own commands. No function may have the
# names of POSIX's special built-in commands, as in every other shell, nor of the three words with which all others are called: the
# files of this directory write `builtin` before every other built-in command and `command` before every program. Only in posix mode
# is `unset` surely bash's own. Aliases are not expanded in these files; dpdisp_restore_aliases turns them on for the user's lines.
dpdisp_bash_options=:${BASHOPTS-}: dpdisp_posix=${POSIXLY_CORRECT+set}
POSIXLY_CORRECT=${POSIXLY_CORRECT-y}
\unset -f unset builtin command local eval exec exit export return set shift trap . : break continue source
case $dpdisp_posix in '') \unset POSIXLY_CORRECT ;; esac
case $dpdisp_bash_options in *:expand_aliases:*) dpdisp_aliases=yes ;; esac
\builtin shopt -u expand_aliases
# Posix mode turns it on, and leaves it on.
case $dpdisp_bash_options in *:inherit_errexit:*) ;; *) \builtin shopt -u inherit_errexit 2>/dev/null || : ;; esac
