# Functions of .ci/run and .ci/nightly: timed steps, and the interpreters of this machine.
exec </dev/null

scratch=$(mktemp -d)
current="start"
started=$SECONDS
: >"$scratch/times"

finish() {
    local status=$?
    if ((status != 0)); then
        printf '\nFAILED after %d s, in the step: %s\n' "$((SECONDS - started))" "$current"
    fi
    rm -rf "$scratch"
}
trap finish EXIT

# step NAME COMMAND...: announces a step, runs it and records its time; the first failure ends the script.
step() {
    local begin=$SECONDS
    current=$1
    printf '\n=== %s\n' "$current"
    "${@:2}"
    printf '%6d s  %s\n' "$((SECONDS - begin))" "$current" >>"$scratch/times"
}

# note TEXT: prints a line, now and in the summary.
note() {
    printf '\n%s\n' "$1"
    printf '%8s  %s\n' "" "$1" >>"$scratch/times"
}

# interpreter VERSION: prints a Python of that version that can make environments, from PATH or pyenv; nothing if none.
interpreter() {
    local candidates=("python$1") version candidate
    if command -v pyenv >/dev/null; then
        while read -r version; do
            candidates+=("$(pyenv prefix "$version")/bin/python$1")
        done < <(pyenv versions --bare --skip-aliases | grep "^$1\." | sort --reverse --version-sort)
    fi
    for candidate in "${candidates[@]}"; do
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

# summary MINUTES: prints the time of each step, and a warning if all took longer than MINUTES.
summary() {
    local total=$((SECONDS - started))
    printf '\nAll passed in %d s:\n' "$total"
    cat "$scratch/times"
    if ((total > $1 * 60)); then
        printf 'WARNING: longer than %d minutes. Move something to .ci/nightly.\n' "$1"
    fi
}
