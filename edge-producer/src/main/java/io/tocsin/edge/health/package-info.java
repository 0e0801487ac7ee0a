/** What the machine that a sensor runs on is told of it: a page, metrics, systemd's watchdog. */
@NullMarked
package io.tocsin.edge.health;

import org.jspecify.annotations.NullMarked;
