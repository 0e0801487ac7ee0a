/**
 * The edges of the jobs: Avro records in, domain records inside, Avro records and dead letters out.
 */
@NullMarked
package io.tocsin.jobs.kafka;

import org.jspecify.annotations.NullMarked;
