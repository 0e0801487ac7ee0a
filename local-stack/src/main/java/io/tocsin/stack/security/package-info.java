/** Who may do what in a stack: its authority for certificates, its principals and their rights. */
@NullMarked
package io.tocsin.stack.security;

import org.jspecify.annotations.NullMarked;
