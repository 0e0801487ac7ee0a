/** What every job is told: a YAML file, then --key=value overrides, into records. */
@NullMarked
package io.tocsin.jobs.settings;

import org.jspecify.annotations.NullMarked;
