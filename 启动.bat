@echo off
chcp 65001 >nul
setlocal EnableExtensions
title 章程
cd /d "%~dp0"

if /i "%~1"=="autostart" goto serve

echo.
echo   章程 Zhangcheng
echo.

call :find_python
if not defined PYTHON goto no_python

rem The data folder is for data alone; what was answered here is remembered elsewhere.
if not exist "%LOCALAPPDATA%\Zhangcheng" mkdir "%LOCALAPPDATA%\Zhangcheng"
if exist "%LOCALAPPDATA%\Zhangcheng\asked" goto serve

choice /c YN /n /m "开机登录后自动启动章程？[Y 是 / N 否] "
if errorlevel 2 goto ask_firewall
call :add_autostart

:ask_firewall
choice /c YN /n /m "允许办公室其他电脑访问（需要管理员确认）？[Y 是 / N 否] "
if errorlevel 2 goto asked
call :add_firewall_rule

:asked
echo asked> "%LOCALAPPDATA%\Zhangcheng\asked"

:serve
set "KIND="
if exist "instance\keys\installation" goto start
choice /c 12 /n /m "第一次启动：[1 先看演示公司 / 2 正式使用] "
if errorlevel 2 set "KIND=--empty"

:start
if not defined PYTHON call :find_python
if not defined PYTHON goto no_python
%PYTHON% manage.py run %KIND%
echo.
echo 章程已停止。
pause
exit /b

:find_python
set "PYTHON="
for %%V in (3.14 3.13 3.12 3.11) do (
  if not defined PYTHON (
    py -%%V -c "import venv" >nul 2>nul && set "PYTHON=py -%%V"
  )
)
if defined PYTHON exit /b
for /f "delims=" %%P in ('where python 2^>nul') do (
  if not defined PYTHON (
    "%%P" -c "import sys, venv; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PYTHON="%%P""
  )
)
exit /b

:no_python
echo 没有找到 Python 3.11 或更新版本。
echo.
echo   请从 https://www.python.org/downloads/windows/ 下载 64 位安装程序，
echo   安装时勾选 “Add python.exe to PATH”，然后重新双击本文件。
echo   不能上网时，请在能上网的电脑上下载后用 U 盘拷来。
echo.
pause
exit /b 1

:add_autostart
set "SCRIPT=%~f0"
set "FOLDER=%~dp0"
set "LINK=%APPDATA%\Microsoft\Windows\Start Menu\Programs\Startup\章程.lnk"
powershell -NoProfile -ExecutionPolicy Bypass -Command "$s=(New-Object -ComObject WScript.Shell).CreateShortcut($env:LINK); $s.TargetPath=$env:SCRIPT; $s.Arguments='autostart'; $s.WorkingDirectory=$env:FOLDER; $s.WindowStyle=7; $s.Save()"
if errorlevel 1 (echo 未能设置自动启动。) else (echo 已设置：登录 Windows 后自动启动。)
exit /b

:add_firewall_rule
powershell -NoProfile -ExecutionPolicy Bypass -Command "Start-Process -Verb RunAs -Wait -WindowStyle Hidden netsh 'advfirewall firewall add rule name=Zhangcheng dir=in action=allow protocol=TCP localport=8000 profile=private,domain'"
if errorlevel 1 (echo 未能添加防火墙规则，可请管理员开放 TCP 8000 端口。) else (echo 已允许专用网络和域网络访问 TCP 8000 端口。)
exit /b
