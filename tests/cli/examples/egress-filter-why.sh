# SPDX-License-Identifier: MIT
# The policy that the examples of egress-filter-why(1) ask.
cat >p.yaml <<'END'
version: 1
domains:
  - pattern: "registry.example"
    ports: [443]
END
