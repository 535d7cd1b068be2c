/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.control;

/**
 * Where the control face listens.
 *
 * @param host address to bind to
 * @param port to listen on; 0 for any free one
 * @param connections more are refused
 */
public record ControlOptions(String host, int port, int connections) {}
