# Unit and architecture tests on the other Pythons this machine has; the main one ran them already.
set -eu
if command -v pyenv >/dev/null 2>&1; then
    PYENV_VERSION=$(pyenv versions --bare | grep -E '^3\.1[123]\.[0-9]+$' | tr '\n' ':')
    export PYENV_VERSION
fi
main=$(uv run --locked --quiet python -c 'import sys; print("3.%d" % sys.version_info[1])')
for version in 3.11 3.12 3.13; do
    [ "$version" = "$main" ] && continue
    found=$(python$version -c 'import sys; print(sys.executable)' 2>/dev/null) || continue
    echo "Python $version"
    UV_PYTHON=$found UV_PROJECT_ENVIRONMENT=.venv-$version uv run --locked --quiet pytest -q -p no:cacheprovider tests/unit tests/architecture
done
