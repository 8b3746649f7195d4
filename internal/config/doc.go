// Package config reads the settings file and checks it.
//
// The contract is SPEC section 7: one YAML file, in which every value may be
// written ${NAME} to come from the environment. What is wrong is told with the
// file, the line and the remedy, and stops the start; values are never printed.
package config
