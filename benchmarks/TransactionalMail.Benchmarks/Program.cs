using BenchmarkDotNet.Running;
using TransactionalMail.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(SendBenchmarks).Assembly).Run(args);
