namespace TransactionalMail.Mime;

/// <summary>A cell and the first of its columns, from 0.</summary>
internal readonly record struct PlacedCell(int Column, TextCell Cell);
