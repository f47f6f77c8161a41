# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

.DEFAULT_GOAL := help
STEPS := check ruff yamllint shellcheck mypy unit integration playbooks coverage sanity ansible-lint docs changelog pipelines package importer
STEPS += $(foreach step,unit integration sanity,$(step)-newest $(step)-lowest) unit-middle integration-middle unit-quick
STEPS += sbom sign publish
.PHONY: help t fuzz mutation test demo emulator bench core release format clean $(STEPS)

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do printf '  %-14s %s\n' "$$name" "$$text"; done

demo: ## Watch two emulated tenants through half a year; DEMO_KEEP=1 keeps the emulator running at the end
	@tests/run --demo

emulator: ## Start an emulator of two tenants to try things by hand; PORT=9443 for another port
	@tests/run --emulator "$(or $(PORT),8443)"

bench: ## Measure speed and memory at 100 and 1,000 apps, for docs/guides/scale_and_speed.md; N=100 for a short look
	@tests/benchmark/run $(if $(N),--apps $(N)) $(if $(LOOP),--loop-items $(LOOP))

t: ## Unit tests whose names hold K and that are not slow, on the newest ansible-core: make t K=client_secret; SLOW=1, IN=tests/integration
	@tests/run --tests "$(K)" --in "$(or $(IN),tests/unit)" $(if $(SLOW),--slow)

fuzz: ## Feed app files, server answers and settings with nonsense, and runs with trouble, 20,000 examples in all; N=1000 for a short look
	@FUZZ_EXAMPLES="$(or $(N),20000)" tests/run --tests "fuzz" --in tests/unit/fuzz --slow

mutation: ## Change the code in one place after the other, and show what no unit test notices: make mutation FILE=plugins/…/plan.py
	@tests/run --mutation $(FILE) $(if $(TESTS),--by $(TESTS))

test: ## Run every check: all tests on the newest ansible-core, those that can differ on the lowest and on one between, every playbook on every release
	@tests/run $(OPTIONS)

core: ## Unit tests and every playbook on one ansible-core alone: make core CORE=2.17 PY=3.12; CORE=next for the newest pre-release
	@tests/run --core "$(CORE)" --python "$(PY)"

release: ## Versions, changelog, commit and tag of a release: make release VERSION=1.0.0, on a copy; DRY_RUN=0 to do it
	@tests/run --release "$(VERSION)" $(if $(filter 0,$(DRY_RUN)),--do)

check: ## Lint, types, and the unit tests that are not marked slow, on the newest ansible-core: 90 seconds
ruff: ## Lint and format check of all Python code
yamllint: ## Lint of all YAML
shellcheck: ## Lint of the shell scripts
mypy: ## Strict types in plugins/ and tests/emulator/
unit: ## Unit tests on the newest ansible-core, those of plugins and playbooks on the lowest, too
integration: ## Playbooks against the emulator over HTTPS, on the newest, the lowest and a middle ansible-core
playbooks: ## Every playbook of the collection on the releases of ansible-core between these
coverage: ## What the unit tests covered; fails under its floor
sanity: ## ansible-test sanity on the lowest and the newest ansible-core, no exceptions
ansible-lint: ## ansible-lint at its production profile
docs: ## Lint of the documentation, and the site in .cache/docs-site/html; a warning or a broken link fails
changelog: ## Lint of the changelog fragments
pipelines: ## Lint of the workflows of GitHub and GitLab, our own and the examples
package: ## Build the tarball, look at what is in it, install it offline
importer: ## What Galaxy would say of the tarball, by the settings of certification
sbom: ## A CycloneDX list of the requirements, in .cache/dist
sign: ## Sign the tarball of make package with sigstore; a dry run outside CI
publish: ## Publish the tarball of make package on Galaxy and as a release; a dry run outside CI
$(STEPS):
	@tests/run $@

format: ## Let ruff rewrite what it can
	@tests/run --format

clean: ## Remove all that the checks made
	rm -rf .cache .venv
